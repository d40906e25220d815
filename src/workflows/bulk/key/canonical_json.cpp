#include "workflows/bulk/key/canonical_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/utf8.hpp"

namespace heymilo::workflows {

namespace {

// As the codec, which refuses to send what is deeper.
constexpr std::size_t kMaxDepth = 256;

void appendEscape(std::string& out, unsigned char byte) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  constexpr char kDigits[] = "0123456789abcdef";
  const std::size_t place = kShort.find(static_cast<char>(byte));
  out += '\\';
  if (place != std::string_view::npos) {
    out += kLetters[place];
  } else {
    out += "u00";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
}

}  // namespace

void CanonicalJson::separate() {
  // A text ends with its quotation mark, so that a bracket or colon at the end is a structure's.
  constexpr std::string_view kOpen = "{[:";
  if (!out_.empty() && kOpen.find(out_.back()) == std::string_view::npos) {
    out_ += ',';
  }
}

void CanonicalJson::quote(std::string_view text) {
  if (!isUtf8(text)) {
    problem_ = "must be UTF-8";
  }
  constexpr std::size_t kQuotes = 2, kFew = 256;  // of what follows
  if (out_.capacity() - out_.size() < text.size() + kQuotes) {
    out_.reserve((std::max)(out_.size() + text.size() + kFew, out_.capacity() * 2));
  }
  out_ += '"';
  std::size_t plain = 0;  // the beginning of the part that needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == '"' || byte == '\\') {
      out_.append(text, plain, i - plain);
      appendEscape(out_, byte);
      plain = i + 1;
    }
  }
  out_.append(text, plain);
  out_ += '"';
}

void CanonicalJson::text(std::string_view text) {
  separate();
  quote(text);
}

void CanonicalJson::beginObject() {
  separate();
  out_ += '{';
}

void CanonicalJson::key(std::string_view name) {
  separate();
  quote(name);
  out_ += ':';
}

template <class Integer>
void CanonicalJson::integer(Integer value) {
  char digits[24];
  out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void CanonicalJson::number(double value) {
  constexpr double kFirst = -9223372036854775808.0;  // -2^63
  constexpr double kEnd = 18446744073709551616.0;    // 2^64
  if (!std::isfinite(value)) {
    problem_ = "must not hold NaN or infinity, which JSON cannot represent";
  } else if (std::trunc(value) == value && value >= kFirst && value < kEnd) {
    value < 0 ? integer(static_cast<std::int64_t>(value))
              : integer(static_cast<std::uint64_t>(value));
  } else {
    const double size = std::fabs(value);
    const auto format =
        size >= 1e-4 && size < 1e16 ? std::chars_format::fixed : std::chars_format::scientific;
    char digits[40];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value, format).ptr);
  }
}

void CanonicalJson::value(const nlohmann::json& tree, std::size_t depth) {
  if (depth > kMaxDepth) {
    problem_ = "is nested deeper than 256 levels";
    return;
  }
  separate();
  switch (tree.type()) {
    case nlohmann::json::value_t::null:
      out_ += "null";
      return;
    case nlohmann::json::value_t::boolean:
      out_ += tree.get<bool>() ? "true" : "false";
      return;
    case nlohmann::json::value_t::number_integer:
      return integer(tree.get<std::int64_t>());
    case nlohmann::json::value_t::number_unsigned:
      return integer(tree.get<std::uint64_t>());
    case nlohmann::json::value_t::number_float:
      return number(tree.get<double>());
    case nlohmann::json::value_t::string:
      return quote(tree.get_ref<const std::string&>());
    case nlohmann::json::value_t::object:
      out_ += '{';
      for (const auto& [name, member] : tree.get_ref<const nlohmann::json::object_t&>()) {
        key(name);
        value(member, depth + 1);
      }
      out_ += '}';
      return;
    case nlohmann::json::value_t::array:
      out_ += '[';
      for (const nlohmann::json& element : tree) {
        value(element, depth + 1);
      }
      out_ += ']';
      return;
    case nlohmann::json::value_t::binary:
    case nlohmann::json::value_t::discarded:
      problem_ = "must not hold binary data, which JSON cannot represent";
  }
}

}  // namespace heymilo::workflows
