#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace heymilo {

/// A text as somebody may read another one, and where in that one each of its bytes stands.
struct Reading {
  struct Place {
    std::size_t begin, end;
  };

  std::string text{};
  std::vector<Place> places{};  ///< of each byte of `text`
};

/// The ways to read `line`: as it is, and with the escapes of URLs, JSON and HTML replaced by what
/// they stand for, as often as there are some (`%2540` is read as `%40` and as `@`), but not
/// without end. Full-width forms become ASCII, digits of other scripts ASCII digits, controls
/// spaces. A reading may not be UTF-8.
std::vector<Reading> readingsOf(std::string_view line);

/// The reading without spaces and what is not seen.
Reading withoutSpaces(const Reading& reading);

/// How long the character at `at` is if it separates the digits of a phone number, otherwise 0.
std::size_t separatorAt(std::string_view text, std::size_t at);

}  // namespace heymilo
