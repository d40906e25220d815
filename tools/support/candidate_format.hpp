#pragma once

#include <cstddef>
#include <functional>
#include <heymilo/models.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace support {

/// The output format of a candidate list: text for the header, and for each candidate. Lines
/// include their line ends.
struct CandidateFormat {
  std::string header;
  std::function<std::string(const heymilo::CandidateResponse&)> row;
};

/// An overview for recruiters; see Table for `width`. Days are in UTC. `colored`: the status is
/// coloured by its meaning.
CandidateFormat candidateTable(std::optional<std::size_t> width, bool colored = false);

/// One candidate per line (NDJSON), complete: including undocumented properties.
CandidateFormat candidateJson();

/// The target of CSV output.
struct CsvReader {
  /// A spreadsheet program: withoutFormulas(), and with the byte order mark that Excel needs to
  /// recognise UTF-8.
  bool spreadsheet = false;
  /// A terminal: printable().
  bool terminal = false;
};

/// RFC 4180, with a header and always the same columns: the candidate's scalar properties, the
/// number of steps and of completed ones, and `metadata` as JSON. Times are ISO-8601 in UTC;
/// missing values are empty. Free text comes after the columns that are likely to be counted or
/// sorted by. Text is exactly what the API sent, unless the target could be harmed by it.
CandidateFormat candidateCsv(CsvReader reader = {});

}  // namespace support
