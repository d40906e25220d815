#include "support/color.hpp"

#include <cstdlib>

namespace support {

namespace {

std::string& colorMode() {
  static std::string mode = "auto";
  return mode;
}

bool isDeclined() {
  const char* no_color = std::getenv("NO_COLOR");
  return no_color != nullptr && *no_color != '\0';
}

std::string_view beginningOf(Color color) {
  switch (color) {
    case Color::red:
      return "\x1B[31m";
    case Color::green:
      return "\x1B[32m";
    case Color::yellow:
      return "\x1B[33m";
  }
  return {};
}

}  // namespace

void setColorMode(std::string_view mode) { colorMode() = mode; }

bool isColored(Stream stream) {
  if (colorMode() != "auto") {
    return colorMode() == "always";
  }
  return understandsEscapes(stream) && !isDeclined();
}

std::string inColor(std::string_view text, Color color) {
  return std::string(beginningOf(color)).append(text).append("\x1B[0m");
}

}  // namespace support
