#pragma once

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace heymilo_test {

/// A pipe with a small capacity, whose ends belong to the test.
class SmallPipe {
 public:
  static constexpr int kCapacity = 4096;

  SmallPipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    from = ends[0];
    to = ends[1];
#ifdef F_SETPIPE_SZ
    fcntl(to, F_SETPIPE_SZ, kCapacity);
#endif
  }
  ~SmallPipe() {
    closeFrom();
    closeTo();
  }
  SmallPipe(const SmallPipe&) = delete;
  SmallPipe& operator=(const SmallPipe&) = delete;

  void closeFrom() { closeEnd(from); }
  void closeTo() { closeEnd(to); }

  /// Like a parent that also uses the pipe itself.
  static void makeNonBlocking(int end) { fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK); }

  void write(std::string_view text) const {
    if (::write(to, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      throw std::system_error(errno, std::generic_category(), "write");
    }
  }

  /// The number of unread bytes.
  int waiting() const {
    int count = 0;
    ioctl(from, FIONREAD, &count);
    return count;
  }
  bool full() const { return waiting() == kCapacity; }

  /// Reads to the end, in small pieces.
  std::string readToEnd() const {
    std::string all;
    char piece[700];
    for (;;) {
      const ssize_t count = read(from, piece, sizeof piece);
      if (count <= 0) {
        return all;
      }
      all.append(piece, static_cast<std::size_t>(count));
    }
  }

  int from = -1;
  int to = -1;

 private:
  static void closeEnd(int& end) {
    if (end >= 0) {
      close(std::exchange(end, -1));
    }
  }
};

}  // namespace heymilo_test
