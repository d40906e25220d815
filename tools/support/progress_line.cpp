#include "support/progress_line.hpp"

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>

#include "support/descriptor_io.hpp"
#include "support/display_width.hpp"
#include "support/terminal.hpp"

namespace support {

namespace {

constexpr int kError = 2;
constexpr std::string_view kClear = "\r\x1B[J";
constexpr std::string_view kNoWrap = "\x1B[?7l";
constexpr std::string_view kWrap = "\x1B[?7h";

std::atomic<bool> shown{false};
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

ProgressLine::ProgressLine(bool quiet) : visible_(!quiet && understandsEscapes(Stream::error)) {}

ProgressLine::~ProgressLine() {
  writeAll(kError, clearProgressLine());
  shown = false;
}

void ProgressLine::show(std::string_view text) {
  const std::optional<std::size_t> width = visible_ ? ownWidth(Stream::error) : std::nullopt;
  if (width) {
    shown = true;
    writeAll(kError,
             std::string(kClear)
                 .append(kNoWrap)
                 .append(truncated(text, *width - 1))
                 .append(kWrap)
                 .append("\r"));
  }
}

std::string_view clearProgressLine() noexcept { return shown ? kClear : std::string_view(); }

}  // namespace support
