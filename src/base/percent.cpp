#include "base/percent.hpp"

#include "base/ascii.hpp"

namespace heymilo {

bool isUnreserved(char c) noexcept {
  return ascii::isDigit(c) || ascii::isLetter(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string percentEncode(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  appendPercentEncoded(encoded, text);
  return encoded;
}

void appendPercentEncoded(std::string& url, std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (isUnreserved(c)) {
      url += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      url += '%';
      url += kHex[byte >> 4];
      url += kHex[byte & 0xfU];
    }
  }
}

void appendQuery(std::string& url, std::string_view name, std::string_view value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  appendPercentEncoded(url, name);
  url += '=';
  appendPercentEncoded(url, value);
}

}  // namespace heymilo
