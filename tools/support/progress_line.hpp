#pragma once

#include <string_view>

namespace support {

/// A line at the bottom of the terminal that says how far the program has come. Where standard
/// error is not for escape sequences, or `quiet`, it shows nothing. The line goes with the object.
/// It leaves nothing behind where the terminal becomes narrower or wider, even while it is written:
/// it is never wrapped, the cursor stays at its beginning, and clearing it clears all that is below
/// the cursor, which is where a terminal puts the rest of a line that it wraps anew.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool visible() const noexcept { return visible_; }

  /// Shows this in the place of what was shown, cut to the terminal's width as it is now; without
  /// control characters.
  void show(std::string_view text);

 private:
  const bool visible_;
};

/// What clears the line that is shown, and nothing where none is: to be written before what is told
/// beside it. May be called by a signal handler.
std::string_view clearProgressLine() noexcept;

}  // namespace support
