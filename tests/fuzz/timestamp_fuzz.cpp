// A text is refused, or is a moment that can be written and read again.

#include <string>

#include "fuzz/fuzz.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/models/timestamp.hpp"

void fuzzOne(std::string_view text) {
  heymilo::Timestamp moment;
  try {
    moment = heymilo::parseTimestamp(text);
  } catch (const heymilo::InvalidArgumentError& error) {
    check(error.param() == "iso8601", "the refusal names the parameter");
    return;
  }
  std::string written;
  try {
    written = heymilo::formatTimestamp(moment);
  } catch (const heymilo::InvalidArgumentError&) {
    // An offset moved it out of the range of years that can be written.
    check(text.substr(0, 4) == "0001" || text.substr(0, 4) == "9999",
          "only the ends of the calendar can't be written");
    return;
  }
  check(heymilo::parseTimestamp(written) == moment, "it survives being written");
  check(heymilo::formatTimestamp(heymilo::parseTimestamp(written)) == written,
        "there is one way to write it");
}
