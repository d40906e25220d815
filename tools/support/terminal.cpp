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

bool isTerminal(Stream stream) {
#ifdef _WIN32
  return _isatty(static_cast<int>(stream)) != 0;
#else
  return isatty(static_cast<int>(stream)) != 0;
#endif
}

std::size_t askTerminal(Stream stream) {
#ifdef _WIN32
  CONSOLE_SCREEN_BUFFER_INFO info;
  const auto handle = stream == Stream::output ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE;
  if (GetConsoleScreenBufferInfo(GetStdHandle(handle), &info)) {
    return static_cast<std::size_t>(info.srWindow.Right - info.srWindow.Left + 1);
  }
#else
  winsize size{};
  if (ioctl(static_cast<int>(stream), TIOCGWINSZ, &size) == 0) {
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

std::optional<std::size_t> terminalWidth(Stream stream) {
  if (!isTerminal(stream)) {
    return std::nullopt;
  }
  const std::size_t width = askEnvironment();
  return width != 0 ? width : ownWidth(stream);
}

std::optional<std::size_t> ownWidth(Stream stream) {
  if (!isTerminal(stream)) {
    return std::nullopt;
  }
  if (const std::size_t width = askTerminal(stream); width != 0) {
    return width;
  }
  const std::size_t width = askEnvironment();
  return width != 0 ? width : 80;
}

bool understandsEscapes(Stream stream) {
  const char* term = std::getenv("TERM");
  const std::string_view kind = term != nullptr ? term : "";
  return isTerminal(stream) && !kind.empty() && kind != "dumb";
}

}  // namespace support
