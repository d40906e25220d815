#pragma once

#include <atomic>
#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string>

#include "support/input_buffer.hpp"

namespace bulk {

/// The input file, or standard input for `-`. Counts the bytes read, and skips a byte order mark.
class Input {
 public:
  /// Throws support::UsageError if the file can't be read.
  explicit Input(const std::string& file);

  /// Up to this many bytes; fewer only at the end. Throws support::UsageError if reading fails.
  std::string read(std::size_t bytes);
  /// The next line without its end, LF or CRLF; empty at the end of the input. A line longer than
  /// `longest` is truncated to one byte more than that.
  std::optional<std::string> readLine(std::size_t longest);
  /// The next byte, without consuming it; empty at the end.
  std::optional<char> peek();

  /// The number of bytes read; may be called while another thread reads.
  std::uint64_t position() const noexcept { return position_; }
  /// In bytes; unknown for standard input.
  std::optional<std::uint64_t> size() const noexcept { return size_; }

 private:
  void check() const;

  std::string name_;
  std::optional<support::InputBuffer> buffer_;
  std::istream stream_;
  std::atomic<std::uint64_t> position_{0};
  std::optional<std::uint64_t> size_;
};

}  // namespace bulk
