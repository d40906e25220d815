#include "support/progress_line.hpp"

#include <atomic>
#include <cstdio>
#include <string>

#include "support/display_width.hpp"
#include "support/terminal.hpp"

namespace support {

namespace {

constexpr std::string_view kClear = "\r\x1B[K";

std::atomic<bool> shown{false};

}  // namespace

ProgressLine::ProgressLine(bool quiet)
    : width_(quiet || !understandsEscapes(Stream::error) ? std::nullopt
                                                         : terminalWidth(Stream::error)) {}

ProgressLine::~ProgressLine() {
  const std::string_view clear = clearProgressLine();
  std::fwrite(clear.data(), 1, clear.size(), stderr);
  shown = false;
}

void ProgressLine::show(std::string_view text) {
  if (width_) {
    shown = true;
    const std::string line = std::string(kClear).append(truncated(text, *width_ - 1)) + '\r';
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
}

std::string_view clearProgressLine() { return shown ? kClear : std::string_view(); }

}  // namespace support
