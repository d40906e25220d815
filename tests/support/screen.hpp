#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace heymilo_test {

/// The part of a terminal that programs with a progress line use: text with wide characters, line
/// ends, wrapping on and off, clearing, and the effect of a new window width. Anything else sets
/// `unheard_of()`.
class Screen {
 public:
  enum class Resize { wraps_anew, cuts_off };  ///< as VTE, kitty and tmux; as xterm

  Screen(std::size_t width, Resize resize);

  void write(std::string_view bytes);
  void resize(std::size_t width);

  /// The rows, without trailing blanks, from the first to the last that is not empty.
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
