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

std::string percentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && text.size() - i > 2 && ascii::isHexDigit(text[i + 1]) &&
                        ascii::isHexDigit(text[i + 2]);
    if (escape) {
      decoded +=
          static_cast<char>(ascii::hexValue(text[i + 1]) * 16 + ascii::hexValue(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace heymilo
