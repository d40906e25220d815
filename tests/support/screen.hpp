#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace heymilo_test {

/// As much of a terminal as programs use that show a line of progress: text with wide signs, line
/// ends, wrapping and its absence, clearing, and what becomes of it all when the window gets
/// another width. Anything else that it is given makes it `unheard_of()`.
class Screen {
 public:
  enum class Resize { wraps_anew, cuts_off };  ///< as VTE, kitty and tmux; as xterm

  Screen(std::size_t width, Resize resize);

  void write(std::string_view bytes);
  void resize(std::size_t width);

  /// The rows, without blanks at their ends, from the first to the last that is not empty.
  std::vector<std::string> rows() const;
  const std::string& unheardOf() const { return unheard_of_; }

 private:
  struct Row {
    std::vector<std::string> cells;  // an empty one is the second half of a wide sign
    bool goes_on = false;            // in the next row
  };

  void put(const std::string& sign, std::size_t width);
  void lineFeed();
  void sequence(const std::string& text);
  void wrapAnew(std::size_t width);

  std::size_t width_;
  const Resize resize_;
  std::vector<Row> rows_{1};
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  bool wraps_ = true;
  std::string unheard_of_;
};

}  // namespace heymilo_test
