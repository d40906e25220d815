#include "testing/server/api/percent.hpp"

#include <algorithm>

namespace heymilo::testing::detail {

namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool isUnreserved(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~").find(c) != std::string_view::npos;
}

std::string decodeParameter(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percentDecode(spaced);
}

}  // namespace

std::string percentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t place = 0; place < text.size(); ++place) {
    if (text[place] == '%' && place + 2 < text.size()) {
      const int high = hexDigit(text[place + 1]);
      const int low = hexDigit(text[place + 2]);
      if (high >= 0 && low >= 0) {
        decoded += static_cast<char>(high * 16 + low);
        place += 2;
        continue;
      }
    }
    decoded += text[place];
  }
  return decoded;
}

std::string percentEncode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (isUnreserved(c)) {
      encoded += c;
    } else {
      const auto code = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += "0123456789ABCDEF"[code >> 4];
      encoded += "0123456789ABCDEF"[code & 0xF];
    }
  }
  return encoded;
}

std::vector<std::pair<std::string, std::string>> parseQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    if (!parameter.empty()) {
      const std::size_t equals = std::min(parameter.find('='), parameter.size());
      const std::size_t value = std::min(equals + 1, parameter.size());
      parameters.emplace_back(decodeParameter(parameter.substr(0, equals)),
                              decodeParameter(parameter.substr(value)));
    }
  }
  return parameters;
}

}  // namespace heymilo::testing::detail
