#include "bulk/new_file.hpp"

#ifndef _WIN32

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>

#include "support/descriptor_io.hpp"

namespace bulk {

Descriptor::Descriptor(Descriptor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), pending_(std::move(other.pending_)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(pending_, other.pending_);
  return *this;
}

int Descriptor::write(std::string_view text) {
  constexpr std::size_t kMost = std::size_t{64} << 10;
  pending_ += text;
  return pending_.size() < kMost ? 0 : flush();
}

int Descriptor::flush() {
  const int error = support::writeAll(fd_, pending_).error;
  if (error != 0) {
    return error;
  }
  pending_.clear();
  return 0;
}

int Descriptor::close() {
  const int result = open() ? ::close(std::exchange(fd_, -1)) : 0;
  return result == 0 || errno == EINTR ? 0 : errno;
}

NewFile::NewFile(std::string folder) : folder_(std::move(folder)) {
#ifdef O_TMPFILE
  constexpr int kNameless = O_TMPFILE | O_RDWR | O_CLOEXEC;
  descriptor_ = Descriptor(::open(folder_.c_str(), kNameless, 0600));
  if (descriptor_.open()) {
    if (giveName() == 0) {  // supported: create it again without a name
      removeName();
      descriptor_ = Descriptor(::open(folder_.c_str(), kNameless, 0600));
    } else {
      descriptor_ = Descriptor();
    }
  }
  if (descriptor_.open()) {
    return;
  }
#endif
  name_ = folder_ + "/.heymilo-XXXXXX";
  descriptor_ = Descriptor(::mkstemp(name_.data()));
  if (descriptor_.open()) {
    ::fcntl(descriptor_.get(), F_SETFD, FD_CLOEXEC);
  } else {
    error_ = errno;
    name_.clear();
  }
}

int NewFile::complete() {
  int error = descriptor_.flush();
  if (error == 0 && ::fsync(descriptor_.get()) != 0 && errno != EINVAL) {
    error = errno;
  }
  if (error == 0) {  // some file systems report an error at a close only
    error = Descriptor(::fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)).close();
  }
  return error;
}

int NewFile::putInPlace(const std::string& path) {
  int error = name_.empty() ? giveName() : 0;
  if (error == 0 && ::rename(name_.c_str(), path.c_str()) != 0) {
    error = errno;
  }
  if (error == 0) {
    name_.clear();
  }
  return error;
}

int NewFile::copyInto(Descriptor& file) {
  if (::lseek(descriptor_.get(), 0, SEEK_SET) != 0 || ::ftruncate(file.get(), 0) != 0) {
    return errno;
  }
  std::string piece(std::size_t{64} << 10, '\0');
  for (;;) {
    const ssize_t count = ::read(descriptor_.get(), piece.data(), piece.size());
    if (count < 0 && errno != EINTR) {
      return errno;
    }
    if (count == 0) {
      break;
    }
    if (const int error =
            count < 0 ? 0
                      : file.write(std::string_view(piece.data(), static_cast<std::size_t>(count)));
        error != 0) {
      return error;
    }
  }
  const int error = file.flush();
  return error != 0 || ::fsync(file.get()) == 0 || errno == EINVAL ? error : errno;
}

int NewFile::giveName() {
  std::random_device random;
  const std::string name =
      folder_ + "/.heymilo-" + std::to_string(random()) + '-' + std::to_string(random());
  const std::string self = "/proc/self/fd/" + std::to_string(descriptor_.get());
  if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    return errno;
  }
  name_ = name;
  return 0;
}

void NewFile::removeName() {
  if (!name_.empty()) {
    ::unlink(name_.c_str());
    name_.clear();
  }
}

}  // namespace bulk

#endif
