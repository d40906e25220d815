#include "support/progress_line.hpp"

#include <cstdio>
#include <string>

#include "support/display_width.hpp"
#include "support/terminal.hpp"

namespace support {

namespace {

constexpr std::string_view kClear = "\r\x1B[K";

}  // namespace

ProgressLine::ProgressLine(bool quiet)
    : width_(quiet ? std::nullopt : terminalWidth(Stream::error)) {}

ProgressLine::~ProgressLine() {
  if (width_) {
    std::fwrite(kClear.data(), 1, kClear.size(), stderr);
  }
}

void ProgressLine::show(std::string_view text) {
  if (width_) {
    // Whatever is told next is written over it.
    const std::string line = std::string(kClear).append(truncated(text, *width_ - 1)) + '\r';
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
}

}  // namespace support
