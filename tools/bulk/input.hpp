#pragma once

#include <atomic>
#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string>

#include "support/input_buffer.hpp"

namespace bulk {

/// The file that is brought in, or standard input where it is `-`. Counts what has been read, and
/// passes over a byte order mark.
class Input {
 public:
  /// Throws support::UsageError where the file can't be read.
  explicit Input(const std::string& file);

  /// Up to so many bytes; fewer only at the end. Throws support::UsageError where reading fails.
  std::string read(std::size_t bytes);
  /// Up to and without the next line's end, LF or CRLF; nothing at the end of the input. Of a line
  /// longer than `longest` only the beginning is kept, one byte more than that.
  std::optional<std::string> readLine(std::size_t longest);
  /// The next byte, which stays to be read; nothing at the end.
  std::optional<char> peek();

  /// How many bytes have been read; may be called while another thread reads.
  std::uint64_t position() const noexcept { return position_; }
  /// In bytes; not known of standard input.
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
