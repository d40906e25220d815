#include "json/reader.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace heymilo::json {

namespace {

/// Receives the events of nlohmann's parser. Its error texts quote the document: only the position
/// and the kind of the error are used.
class SaxAdapter {
 public:
  explicit SaxAdapter(Sink& sink) : sink_(sink) {}

  // NOLINTBEGIN(readability-identifier-naming): the names are the parser's
  bool null() {
    sink_.null();
    return true;
  }
  bool boolean(bool value) {
    sink_.boolean(value);
    return true;
  }
  bool number_integer(std::int64_t value) {
    sink_.integer(value);
    return true;
  }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)())) {
      sink_.largeInteger(value);
    } else {
      sink_.integer(static_cast<std::int64_t>(value));
    }
    return true;
  }
  bool number_float(double value, const std::string&) {
    sink_.number(value);
    return true;
  }
  bool string(const std::string& value) {
    sink_.text(value);
    return true;
  }
  bool binary(const nlohmann::json::binary_t&) { return false; }  // not in JSON text
  bool start_object(std::size_t) {
    sink_.beginObject();
    return true;
  }
  bool key(const std::string& name) {
    sink_.key(name);
    return true;
  }
  bool end_object() {
    sink_.endObject();
    return true;
  }
  bool start_array(std::size_t) {
    sink_.beginArray();
    return true;
  }
  bool end_array() {
    sink_.endArray();
    return true;
  }
  template <class Exception>
  [[noreturn]] bool parse_error(std::size_t position, const std::string&, const Exception& error) {
    constexpr int kNumberOutOfRange = 406;
    const std::size_t from_zero = position == 0 ? 0 : position - 1;
    if (error.id == kNumberOutOfRange) {
      throw SyntaxError{"number out of range of a double", from_zero};
    }
    throw SyntaxError{"invalid JSON", from_zero};
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  Sink& sink_;
};

}  // namespace

void read(std::string_view text, Sink& sink) {
  // The parser treats a NUL byte as the end of its input and ignores the rest.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    throw SyntaxError{"invalid JSON: NUL byte", nul};
  }
  if (text.empty()) {
    throw SyntaxError{"empty", 0};
  }
  SaxAdapter adapter(sink);
  nlohmann::json::sax_parse(text.begin(), text.end(), &adapter);
}

}  // namespace heymilo::json
