#include "support/json_line.hpp"

#include <cstddef>
#include <cstdio>

#include "base/utf8.hpp"

namespace support {

std::string jsonLine(const nlohmann::json& value) {
  const std::string text = value.dump();
  std::string line;
  line.reserve(text.size() + 1);
  for (std::size_t at = 0; at < text.size();) {
    const heymilo::CodePoint c = heymilo::decodeCodePoint(text, at);
    if (c.value >= 0x7F && c.value < 0xA0) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c.value));
      line += escaped;
    } else {
      line.append(text, at, c.size);
    }
    at += c.size;
  }
  return line + '\n';
}

}  // namespace support
