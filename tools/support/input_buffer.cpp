#include "support/input_buffer.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

#include "support/descriptor_io.hpp"
#include "support/program.hpp"

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace support {

namespace {

constexpr std::size_t kSize = std::size_t{64} << 10;

int openToRead(const std::string& file) {
#ifdef _WIN32
  return _open(file.c_str(), _O_RDONLY | _O_BINARY);
#else
  // Opening a named pipe would otherwise block until it has a writer, and a signal would not end
  // that.
  return open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
#endif
}

}  // namespace

InputBuffer::InputBuffer(const std::string& file, std::string name)
    : name_(std::move(name)), bytes_(kSize, '\0') {
  if (file == "-") {
    descriptor_ = 0;
    return;
  }
  descriptor_ = openToRead(file);
  owned_ = true;
  if (descriptor_ < 0) {
    throw std::system_error(errno, std::generic_category());
  }
}

InputBuffer::~InputBuffer() {
  if (owned_) {
#ifdef _WIN32
    _close(descriptor_);
#else
    close(descriptor_);
#endif
  }
}

InputBuffer::int_type InputBuffer::underflow() {
  std::size_t count = 0;
  try {
    count = readSome(descriptor_, bytes_.data(), bytes_.size());
  } catch (const std::system_error& error) {
    const bool closed = error.code() == std::errc::bad_file_descriptor;
    throw UsageError("can't read " + name_ + ": " +
                     (closed ? "it is closed or not readable" : error.code().message()) +
                     "\nCheck the source, and run it again.");
  }
  setg(bytes_.data(), bytes_.data(), bytes_.data() + count);
  return count == 0 ? traits_type::eof() : traits_type::to_int_type(bytes_.front());
}

}  // namespace support
