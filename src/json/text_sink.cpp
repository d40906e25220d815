#include "json/text_sink.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "json/mismatch.hpp"

namespace heymilo::json {

namespace {

template <class Integer>
void appendInteger(std::string& out, Integer value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

bool needsEscape(unsigned char byte) noexcept { return byte < 0x20 || byte == '"' || byte == '\\'; }

/// The end of the run of bytes from `i` on that need no escape, or up to seven bytes before it.
/// Eight bytes at a time: a byte of a block is zero where `block - 1s` borrows from it.
std::size_t skipPlain(std::string_view text, std::size_t i) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighs = 0x80 * kOnes;
  std::uint64_t block = 0;
  while (text.size() - i >= sizeof block) {
    std::memcpy(&block, text.data() + i, sizeof block);
    const std::uint64_t quote = block ^ ('"' * kOnes);
    const std::uint64_t backslash = block ^ ('\\' * kOnes);
    const std::uint64_t found = ((block - 0x20 * kOnes) & ~block) | ((quote - kOnes) & ~quote) |
                                ((backslash - kOnes) & ~backslash);
    if ((found & kHighs) != 0) {
      break;
    }
    i += sizeof block;
  }
  return i;
}

void appendEscape(std::string& out, unsigned char byte) {
  switch (byte) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default: {
      constexpr char kHex[] = "0123456789abcdef";
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xf];
    }
  }
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
    throw Mismatch{{}, "text is not valid UTF-8"};
  }
  out_ += '"';
  std::size_t plain = 0;  // start of the part that needs no escape
  for (std::size_t i = skipPlain(value, 0); i < value.size(); i = skipPlain(value, i)) {
    const auto byte = static_cast<unsigned char>(value[i]);
    if (needsEscape(byte)) {
      out_.append(value, plain, i - plain);
      appendEscape(out_, byte);
      plain = i + 1;
    }
    ++i;
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
    throw Mismatch{{}, "JSON cannot represent NaN or infinity"};
  }
  separate();
  // As dump() itself does, without the string and its two allocations.
  char text[64];
  out_.append(text, nlohmann::detail::to_chars(text, text + sizeof text, value));
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
