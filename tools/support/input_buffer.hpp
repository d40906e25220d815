#pragma once

#include <streambuf>
#include <string>

namespace support {

/// Reads a file, or standard input, for a std::istream. It waits where nothing is there yet, also
/// where the other side has made the descriptor a non-blocking one, and for whoever opens a named
/// pipe for writing; raiseStop() ends that. An istream over it must have std::ios::badbit among its
/// exceptions(): then what underflow() throws comes through.
class InputBuffer : public std::streambuf {
 public:
  /// `-` is standard input; `name` is for errors. Throws std::system_error where the file can't be
  /// opened.
  InputBuffer(const std::string& file, std::string name);
  ~InputBuffer() override;
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

 protected:
  /// Throws Stopped, and UsageError where reading fails.
  int_type underflow() override;

 private:
  std::string name_;
  int descriptor_ = -1;
  bool owned_ = false;
  std::string bytes_;
};

}  // namespace support
