#include "testing/server/state/json_writer.hpp"

#include <chrono>
#include <cmath>

namespace heymilo::testing::detail {

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) { return raw(std::to_string(value)); }

// With integers: the standard library would use the decimal point of the host's locale.
JsonWriter& JsonWriter::decimal(double value) {
  const std::int64_t tenths = std::llround(std::abs(value) * 10);
  return raw((value < 0 ? "-" : "") + std::to_string(tenths / 10) + '.' +
             std::to_string(tenths % 10));
}

JsonWriter& JsonWriter::time(Timestamp moment) {
  const std::int64_t count = moment.time_since_epoch().count();
  const std::int64_t microseconds = std::abs(count);
  std::string fraction = std::to_string(1'000'000 + microseconds % 1'000'000).substr(1);
  fraction.erase(std::max<std::size_t>(fraction.find_last_not_of('0') + 1, 1));
  return raw((count < 0 ? "-" : "") + std::to_string(microseconds / 1'000'000) + '.' + fraction);
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  out_ += '"';
  for (const char c : value) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (code < 0x20) {
      out_ += "\\u00";
      out_ += "0123456789abcdef"[code >> 4];
      out_ += "0123456789abcdef"[code & 0xF];
    } else {
      out_ += c;
    }
  }
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  return *this;
}

void JsonWriter::separate() {
  if (out_.empty()) {
    return;
  }
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':') {
    out_ += ',';
  }
}

}  // namespace heymilo::testing::detail
