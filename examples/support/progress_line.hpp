#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace support {

/// A line at the bottom of the terminal that says how far the program has come. Where standard
/// error is no terminal, or `quiet`, it shows nothing. The line goes with the object.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows this in the place of what was shown, cut to the terminal's width; without control
  /// characters.
  void show(std::string_view text);

 private:
  const std::optional<std::size_t> width_;
};

}  // namespace support
