#pragma once

#include <string>
#include <string_view>

namespace heymilo {

/// The text on one line: what could end it, move a cursor or is not UTF-8 is replaced, and so is a
/// run of spaces by one of them. Ends after `longest` bytes, but not within a character.
std::string onOneLine(std::string_view text, std::size_t longest = std::string::npos);

/// The text, which is UTF-8, with small letters instead of capital ones: of ASCII, Latin, Greek and
/// Cyrillic. Each character keeps its place and its length.
std::string inSmallLetters(std::string_view text);

/// Whether the character that begins at `at`, or that ends there, is part of a word: a letter, a
/// digit or `_`. Scripts that have no spaces between words have no such characters here, so that a
/// word of theirs begins and ends anywhere. False past either end.
bool wordCharacterAt(std::string_view text, std::size_t at) noexcept;
bool wordCharacterBefore(std::string_view text, std::size_t at) noexcept;

}  // namespace heymilo
