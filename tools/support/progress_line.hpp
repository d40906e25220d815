#pragma once

#include <string_view>

namespace support {

/// A progress line at the bottom of the terminal. If standard error does not support escape
/// sequences, or `quiet` is set, nothing is shown. The destructor removes the line. Resizing the
/// terminal leaves no remains, even during a write: the line is never wrapped, the cursor stays at
/// its beginning, and clearing it clears everything below the cursor, where a terminal puts the
/// rest of a rewrapped line.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool visible() const noexcept { return visible_; }

  /// Replaces the line by this text, cut to the terminal's current width; without control
  /// characters.
  void show(std::string_view text);

 private:
  const bool visible_;
};

/// The text that clears the visible line, or nothing: to be written before other messages.
/// Async-signal-safe.
std::string_view clearProgressLine() noexcept;

}  // namespace support
