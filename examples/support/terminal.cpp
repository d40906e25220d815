#include "support/terminal.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#ifdef _WIN32
#include <io.h>
#include <windows.h>
#else
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace support {

namespace {

bool isTerminal() {
#ifdef _WIN32
  return _isatty(1) != 0;
#else
  return isatty(STDOUT_FILENO) != 0;
#endif
}

std::size_t askTerminal() {
#ifdef _WIN32
  CONSOLE_SCREEN_BUFFER_INFO info;
  if (GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info)) {
    return static_cast<std::size_t>(info.srWindow.Right - info.srWindow.Left + 1);
  }
#else
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    return size.ws_col;
  }
#endif
  return 0;
}

std::size_t askEnvironment() {
  const char* text = std::getenv("COLUMNS");
  if (text == nullptr) {
    return 0;
  }
  const std::string_view columns = text;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(columns.data(), columns.data() + columns.size(), value);
  return error == std::errc() && end == columns.data() + columns.size() ? value : 0;
}

}  // namespace

std::optional<std::size_t> terminalWidth() {
  if (!isTerminal()) {
    return std::nullopt;
  }
  if (const std::size_t width = askEnvironment(); width != 0) {
    return width;
  }
  if (const std::size_t width = askTerminal(); width != 0) {
    return width;
  }
  return 80;
}

}  // namespace support
