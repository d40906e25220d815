#include "testing/server/api/unicode.hpp"

#include <algorithm>

namespace heymilo::testing::detail {

namespace {

unsigned byteAt(std::string_view text, std::size_t place) {
  return place < text.size() ? static_cast<unsigned char>(text[place]) : 0;
}

bool isContinuation(unsigned byte) { return (byte & 0xC0u) == 0x80u; }

// The length of the sequence that begins there; 0 if it is invalid.
std::size_t sequenceLength(std::string_view text, std::size_t place) {
  const unsigned first = byteAt(text, place);
  const unsigned second = byteAt(text, place + 1);
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xC2 || first > 0xF4 || !isContinuation(second)) {
    return 0;
  }
  if (first < 0xE0) {
    return 2;
  }
  if (!isContinuation(byteAt(text, place + 2))) {
    return 0;
  }
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  const bool overlong = first == 0xF0 && second < 0x90;
  const bool beyond = first == 0xF4 && second >= 0x90;
  return overlong || beyond || !isContinuation(byteAt(text, place + 3)) ? 0 : 4;
}

}  // namespace

bool isUtf8(std::string_view text) {
  for (std::size_t place = 0; place < text.size();) {
    const std::size_t length = sequenceLength(text, place);
    if (length == 0) {
      return false;
    }
    place += length;
  }
  return true;
}

std::size_t countCodePoints(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return !isContinuation(static_cast<unsigned char>(c));
  }));
}

}  // namespace heymilo::testing::detail
