#include "call/unescaped.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace heymilo {

namespace {

/// What an escape stands for, and how long it is; `length` is 0 where there is none.
struct Escape {
  std::uint32_t point = 0;
  std::size_t length = 0;
  bool byte = false;  // `point` is a byte of UTF-8
};

int digitOf(char c, unsigned base) {
  const std::string_view digits = "0123456789abcdef";
  const auto found = digits.substr(0, base).find(ascii::toLower(c));
  return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

/// Reads a number of at least `least` and at most `most` digits that begins at `at`, which it moves
/// to the end of it.
bool readNumber(std::string_view text, std::size_t& at, unsigned base, std::size_t least,
                std::size_t most, std::uint32_t& value) {
  std::size_t count = 0;
  value = 0;
  while (count < most && at < text.size() && digitOf(text[at], base) >= 0) {
    value = value * base + static_cast<std::uint32_t>(digitOf(text[at], base));
    ++at;
    ++count;
  }
  return count >= least;
}

/// `%40`, `%u0040`.
Escape percentEscape(std::string_view text, std::size_t at) {
  Escape found;
  std::size_t end = at + 1;
  const bool wide = end < text.size() && ascii::toLower(text[end]) == 'u';
  const std::size_t digits = wide ? 4 : 2;
  end += wide ? 1 : 0;
  if (readNumber(text, end, 16, digits, digits, found.point)) {
    found.length = end - at;
    found.byte = !wide;
  }
  return found;
}

/// `\u0040`, `\u{40}`, `\x40`, `\n`, `\"`.
Escape backslashEscape(std::string_view text, std::size_t at) {
  Escape found;
  if (at + 1 >= text.size()) {
    return found;
  }
  const char kind = text[at + 1];
  std::size_t end = at + 2;
  if (kind == 'u' && end < text.size() && text[end] == '{') {
    ++end;
    if (readNumber(text, end, 16, 1, 6, found.point) && end < text.size() && text[end] == '}') {
      found.length = end + 1 - at;
    }
  } else if (kind == 'u' && readNumber(text, end, 16, 4, 4, found.point)) {
    std::uint32_t low = 0;
    std::size_t next = end + 2;
    if (found.point >= 0xd800 && found.point < 0xdc00 && text.substr(end, 2) == "\\u" &&
        readNumber(text, next, 16, 4, 4, low) && low >= 0xdc00 && low < 0xe000) {
      found.point = 0x10000U + ((found.point - 0xd800U) << 10U) + (low - 0xdc00U);
      end = next;
    }
    found.length = end - at;
  } else if (kind == 'x' && readNumber(text, end, 16, 2, 2, found.point)) {
    found.length = end - at;
    found.byte = true;
  } else if (std::string_view("nrtbf").find(kind) != std::string_view::npos) {
    found = {' ', 2, false};
  } else if (std::string_view("\"'\\/").find(kind) != std::string_view::npos) {
    found = {static_cast<unsigned char>(kind), 2, false};
  }
  return found;
}

/// `&#64;`, `&#x40;`, `&commat;`.
Escape htmlEscape(std::string_view text, std::size_t at) {
  constexpr std::pair<std::string_view, std::uint32_t> kNames[] = {
      {"amp", '&'},     {"lt", '<'},     {"gt", '>'},     {"quot", '"'},     {"apos", '\''},
      {"nbsp", ' '},    {"commat", '@'}, {"lowbar", '_'}, {"UnderBar", '_'}, {"hyphen", 0x2010},
      {"dash", 0x2010}, {"ndash", '-'},  {"mdash", '-'},  {"minus", '-'},    {"period", '.'},
      {"plus", '+'},    {"sol", '/'},    {"lpar", '('},   {"rpar", ')'},     {"equals", '='},
      {"thinsp", ' '},  {"ensp", ' '},   {"emsp", ' '},   {"shy", 0xad},     {"colon", ':'},
      {"comma", ','},   {"num", '#'},    {"percnt", '%'}, {"Tab", ' '},      {"NewLine", ' '},
      {"zwnj", 0x200c}};
  Escape found;
  std::size_t end = at + 1;
  if (end < text.size() && text[end] == '#') {
    ++end;
    const bool hexadecimal = end < text.size() && ascii::toLower(text[end]) == 'x';
    end += hexadecimal ? 1 : 0;
    if (readNumber(text, end, hexadecimal ? 16 : 10, 1, 7, found.point)) {
      found.length = end + (end < text.size() && text[end] == ';' ? 1 : 0) - at;
    }
    return found;
  }
  const std::size_t semicolon = text.substr(0, at + 12).find(';', end);
  if (semicolon != std::string_view::npos) {
    const std::string_view name = text.substr(end, semicolon - end);
    for (const auto& [known, point] : kNames) {
      if (name == known) {
        found = {point, semicolon + 1 - at, false};
      }
    }
  }
  return found;
}

/// Full-width forms and digits of other scripts.
Escape foreignForm(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const std::size_t length = byte(0) >= 0xe0 ? 3 : 2;
  const std::uint32_t point =
      length == 3 ? (byte(0) & 0xfU) << 12U | (byte(1) & 0x3fU) << 6U | (byte(2) & 0x3fU)
                  : (byte(0) & 0x1fU) << 6U | (byte(1) & 0x3fU);
  if (byte(0) < 0xc2 || byte(0) >= 0xf0 || at + length > text.size()) {
    return {};
  }
  if (point > 0xff00 && point < 0xff5f) {
    return {point - 0xff00 + ' ', length, false};
  }
  if (point == 0xfe6b) {
    return {'@', length, false};
  }
  for (const std::uint32_t zero : {0x660U, 0x6f0U, 0x966U}) {
    if (point >= zero && point < zero + 10) {
      return {'0' + (point - zero), length, false};
    }
  }
  return {};
}

Escape escapeAt(std::string_view text, std::size_t at) {
  switch (text[at]) {
    case '%':
      return percentEscape(text, at);
    case '\\':
      return backslashEscape(text, at);
    case '&':
      return htmlEscape(text, at);
    default:
      return static_cast<unsigned char>(text[at]) < 0x80 ? Escape{} : foreignForm(text, at);
  }
}

/// An escape beyond Unicode stands for no character.
std::string utf8Of(std::uint32_t point) {
  constexpr std::uint32_t kLast = 0x10FFFF;
  std::string text;
  appendUtf8(text, point > kLast ? kReplacementCharacter : char32_t{point});
  return text;
}

/// Replaces each escape once; whether there was one.
bool unescape(const Reading& from, Reading& to) {
  bool any = false;
  for (std::size_t at = 0; at < from.text.size();) {
    const Escape escape = escapeAt(from.text, at);
    if (escape.length == 0) {
      to.text += from.text[at];
      to.places.push_back(from.places[at]);
      ++at;
      continue;
    }
    any = true;
    const std::uint32_t point = escape.point < ' ' ? ' ' : escape.point;
    const std::string made = escape.byte ? std::string(1, static_cast<char>(point)) : utf8Of(point);
    to.text += made;
    to.places.insert(to.places.end(),
                     made.size(),
                     {from.places[at].begin, from.places[at + escape.length - 1].end});
    at += escape.length;
  }
  return any;
}

/// How long the character at `at` is if it is one of `characters`, otherwise 0.
template <std::size_t N>
std::size_t oneOf(const std::string_view (&characters)[N], std::string_view text, std::size_t at) {
  for (const std::string_view character : characters) {
    if (text.substr(at, character.size()) == character) {
      return character.size();
    }
  }
  return 0;
}

constexpr std::string_view kUnseen[] = {
    " ", "\u00a0", "\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u2009", "\u202f"};

}  // namespace

std::vector<Reading> readingsOf(std::string_view line) {
  constexpr std::size_t kMost = 5;
  std::vector<Reading> readings(1);
  readings[0].text = line;
  for (std::size_t i = 0; i < line.size(); ++i) {
    readings[0].places.push_back({i, i + 1});
  }
  Reading next;
  while (readings.size() < kMost && unescape(readings.back(), next)) {
    readings.push_back(std::move(next));
    next = {};
  }
  return readings;
}

Reading withoutSpaces(const Reading& reading) {
  Reading made;
  for (std::size_t at = 0; at < reading.text.size();) {
    if (const std::size_t length = oneOf(kUnseen, reading.text, at)) {
      at += length;
      continue;
    }
    made.text += reading.text[at];
    made.places.push_back(reading.places[at]);
    ++at;
  }
  return made;
}

std::size_t separatorAt(std::string_view text, std::size_t at) {
  constexpr std::string_view kOthers[] = {"\u00b7", "\u2022", "\u2212", "\u205f", "\u3000"};
  if (std::string_view("-.()/_,:+~*").find(text[at]) != std::string_view::npos) {
    return 1;
  }
  if (const std::size_t length = oneOf(kUnseen, text, at)) {
    return length;
  }
  // U+2000 to U+2015: spaces and dashes.
  const bool general = text.substr(at, 2) == "\xe2\x80" && at + 2 < text.size() &&
                       static_cast<unsigned char>(text[at + 2]) <= 0x95;
  return general ? 3 : oneOf(kOthers, text, at);
}

}  // namespace heymilo
