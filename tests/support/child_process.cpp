#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "support/spawn.hpp"

namespace heymilo_test {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {
    if (fd < 0) {
      fail("open");
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void close() {
    if (open()) {
      ::close(std::exchange(fd_, -1));
    }
  }

 private:
  int fd_ = -1;
};

struct Channel {
  Descriptor read;
  Descriptor write;
};

Channel makePipe() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    fail("pipe");
  }
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Channel makeTerminal(unsigned short columns) {
  Descriptor master(posix_openpt(O_RDWR | O_NOCTTY));
  if (grantpt(master.get()) != 0 || unlockpt(master.get()) != 0) {
    fail("posix_openpt");
  }
  Descriptor slave(open(ptsname(master.get()), O_RDWR | O_NOCTTY));
  winsize size{};
  size.ws_col = columns;
  size.ws_row = 24;
  if (ioctl(slave.get(), TIOCSWINSZ, &size) != 0) {
    fail("TIOCSWINSZ");
  }
  return {std::move(master), std::move(slave)};
}

Channel makeStdout(const ChildStdout& to) {
  if (to.columns) {
    return makeTerminal(*to.columns);
  }
  if (to.path) {
    return {Descriptor(), Descriptor(open(to.path->c_str(), O_WRONLY))};
  }
  Channel channel = makePipe();
  if (to.broken) {
    channel.read.close();
  }
  return channel;
}

/// Reads both channels to their ends.
void drain(Descriptor& out, std::string& out_text, Descriptor& err, std::string& err_text) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (out.open() || err.open()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    std::array<pollfd, 2> wanted{{{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}}};
    if (left.count() <= 0 ||
        poll(wanted.data(), wanted.size(), static_cast<int>(left.count())) == 0) {
      throw std::runtime_error("the child did not end; it wrote: " + out_text + err_text);
    }
    const auto readSome = [](const pollfd& ready, Descriptor& from, std::string& text) {
      if (ready.revents == 0) {
        return;
      }
      std::array<char, 4096> buffer{};
      const ssize_t count = read(from.get(), buffer.data(), buffer.size());
      if (count > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(count));
      } else if (count == 0 || errno != EINTR) {  // a terminal's end is EIO
        from.close();
      }
    };
    readSome(wanted[0], out, out_text);
    readSome(wanted[1], err, err_text);
  }
}

int waitFor(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) {
      fail("waitpid");
    }
  }
  return status;
}

}  // namespace

ChildStdout ChildStdout::terminal(unsigned short columns) {
  ChildStdout to;
  to.columns = columns;
  return to;
}

ChildStdout ChildStdout::terminalForAll(unsigned short columns) {
  ChildStdout to = terminal(columns);
  to.with_error = true;
  return to;
}

ChildStdout ChildStdout::file(std::string path) {
  ChildStdout to;
  to.path = std::move(path);
  return to;
}

ChildStdout ChildStdout::brokenPipe() {
  ChildStdout to;
  to.broken = true;
  return to;
}

ChildResult runChild(const std::string& program, const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment,
                     const ChildStdout& standard_output) {
  Channel out = makeStdout(standard_output);
  Channel err = makePipe();
  const pid_t pid = spawn(program,
                          arguments,
                          environment,
                          out.write.get(),
                          standard_output.with_error ? out.write.get() : err.write.get());
  out.write.close();
  err.write.close();

  ChildResult result;
  try {
    drain(out.read, result.out, err.read, result.err);
  } catch (...) {
    kill(pid, SIGKILL);
    waitFor(pid);
    throw;
  }
  const int status = waitFor(pid);
  if (WIFEXITED(status)) {
    result.exit_code = WEXITSTATUS(status);
  } else {
    result.signal = WTERMSIG(status);
  }
  return result;
}

}  // namespace heymilo_test
