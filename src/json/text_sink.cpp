#include "json/text_sink.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "json/mismatch.hpp"
#include "utf8.hpp"

namespace heymilo::json {

namespace {

template <class Integer>
void appendInteger(std::string& out, Integer value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

}  // namespace

void TextSink::separate() {
  if (!first_) {
    out_ += ',';
  }
  first_ = false;
}

void TextSink::quote(std::string_view value) {
  if (!isUtf8(value)) {
    throw Mismatch{{}, "the text is not UTF-8"};
  }
  out_ += '"';
  std::size_t plain = 0;  // where what needs no escape begins
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && c != '"' && c != '\\') {
      continue;
    }
    out_.append(value, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"':
        out_ += "\\\"";
        break;
      case '\\':
        out_ += "\\\\";
        break;
      case '\b':
        out_ += "\\b";
        break;
      case '\f':
        out_ += "\\f";
        break;
      case '\n':
        out_ += "\\n";
        break;
      case '\r':
        out_ += "\\r";
        break;
      case '\t':
        out_ += "\\t";
        break;
      default: {
        constexpr char kHex[] = "0123456789abcdef";
        out_ += "\\u00";
        out_ += kHex[byte >> 4];
        out_ += kHex[byte & 0xf];
      }
    }
  }
  out_.append(value, plain);
  out_ += '"';
}

void TextSink::null() {
  separate();
  out_ += "null";
}

void TextSink::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
}

void TextSink::integer(std::int64_t value) {
  separate();
  appendInteger(out_, value);
}

void TextSink::largeInteger(std::uint64_t value) {
  separate();
  appendInteger(out_, value);
}

void TextSink::number(double value) {
  if (!std::isfinite(value)) {
    throw Mismatch{{}, "JSON has no number that is infinite or not a number"};
  }
  separate();
  out_ += nlohmann::json(value).dump();  // its shortest form that reads back as the same double
}

void TextSink::text(std::string_view value) {
  separate();
  quote(value);
}

void TextSink::beginObject() {
  separate();
  out_ += '{';
  first_ = true;
}

void TextSink::key(std::string_view name) {
  separate();
  quote(name);
  out_ += ':';
  first_ = true;
}

void TextSink::endObject() {
  out_ += '}';
  first_ = false;
}

void TextSink::beginArray() {
  separate();
  out_ += '[';
  first_ = true;
}

void TextSink::endArray() {
  out_ += ']';
  first_ = false;
}

}  // namespace heymilo::json
