#pragma once

#include <streambuf>
#include <string>

namespace support {

/// Reads a file, or standard input, for a std::istream. It waits for data, even with a non-blocking
/// descriptor, and for a writer of a named pipe; raiseStop() ends the wait. An istream over it
/// needs std::ios::badbit among its exceptions(), to pass on the exceptions of underflow().
class InputBuffer : public std::streambuf {
 public:
  /// `-` is standard input; `name` is for errors. Throws std::system_error if the file can't be
  /// opened.
  InputBuffer(const std::string& file, std::string name);
  ~InputBuffer() override;
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

 protected:
  /// Throws Stopped, and UsageError if reading fails.
  int_type underflow() override;

 private:
  std::string name_;
  int descriptor_ = -1;
  bool owned_ = false;
  std::string bytes_;
};

}  // namespace support
