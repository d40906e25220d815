#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace support {

/// A line at the bottom of the terminal that says how far the program has come. Where standard
/// error is not for escape sequences, or `quiet`, it shows nothing. The line goes with the object.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool visible() const noexcept { return width_.has_value(); }

  /// Shows this in the place of what was shown, cut to the terminal's width; without control
  /// characters.
  void show(std::string_view text);

 private:
  const std::optional<std::size_t> width_;
};

/// What clears the line that is shown, and nothing where none is: to be written before what is told
/// beside it.
std::string_view clearProgressLine();

}  // namespace support
