#include "workflows/bulk/key/address.hpp"

#include <cstddef>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace heymilo::workflows {

namespace {

/// The property White_Space, which Unicode has not changed since version 6.3.
bool isWhiteSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

/// Where the last code point begins, of a text that is not empty.
std::size_t lastCodePoint(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) {  // a continuation
    --at;
  }
  return at + decodeCodePoint(text, at).size == text.size() ? at : text.size() - 1;
}

}  // namespace

std::string canonicalAddress(std::string_view address) {
  while (!address.empty()) {
    const CodePoint first = decodeCodePoint(address, 0);
    if (!isWhiteSpace(first.value)) {
      break;
    }
    address.remove_prefix(first.size);
  }
  while (!address.empty()) {
    const std::size_t at = lastCodePoint(address);
    if (!isWhiteSpace(decodeCodePoint(address, at).value)) {
      break;
    }
    address.remove_suffix(address.size() - at);
  }
  return ascii::toLower(address);
}

}  // namespace heymilo::workflows
