#include "support/interrupt.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <functional>
#include <heymilo/errors.hpp>
#include <system_error>
#include <utility>

#include "support/program.hpp"
#include "support/progress_line.hpp"
#include "support/stop.hpp"
#include "support/temporary_files.hpp"

#ifdef _WIN32
#include <chrono>
#else
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <ctime>
#endif

namespace support {

namespace {

void restoreAndRaise(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);  // delivered when the handler has returned
}

#ifdef _WIN32

std::atomic<bool> asked{false};
std::atomic<bool> over{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void ask(int signal) {
  if (asked.exchange(true)) {
    restoreAndRaise(signal);
  }
  std::signal(signal, &ask);
}

#else

constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGHUP};
constexpr std::int64_t kSameHangUp = 100'000;  // microseconds; faster than anyone presses Ctrl-C

std::array<struct sigaction, kSignals.size()> before{};
std::array<bool, kSignals.size()> taken{};
std::array<int, 2> wake{-1, -1};
/// The first signal and its time, in one atomic: two threads may run the handler in parallel.
std::atomic<std::int64_t> first{0};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);
constexpr std::int64_t kSignalNumbers = 128;

std::int64_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1'000;
}

void send(char what) {
  while (write(wake[1], &what, 1) < 0 && errno == EINTR) {
  }
}

extern "C" void heymilo_ask(int signal) {
  const int error = errno;
  std::int64_t earlier = 0;
  if (first.compare_exchange_strong(earlier, now() * kSignalNumbers + signal)) {
    send('s');
  } else if ((signal != SIGHUP && earlier % kSignalNumbers != SIGHUP) ||
             now() - earlier / kSignalNumbers > kSameHangUp) {
    removeTemporaryFiles();
    const std::string_view clear = clearProgressLine();
    [[maybe_unused]] const ssize_t ignored = write(STDERR_FILENO, clear.data(), clear.size());
    restoreAndRaise(signal);
  }
  errno = error;
}

void openWake() {
  if (pipe(wake.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  for (const int end : wake) {
    fcntl(end, F_SETFD, FD_CLOEXEC);
  }
}

void closeWake() {
  for (int& end : wake) {
    close(end);
    end = -1;
  }
}

void takeSignals() {
  struct sigaction action {};
  action.sa_handler = &heymilo_ask;
  action.sa_flags = SA_RESTART;  // long waits also poll stopDescriptor()
  sigemptyset(&action.sa_mask);
  for (const int signal : kSignals) {
    sigaddset(&action.sa_mask, signal);
  }
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &before[i]);
    taken[i] = before[i].sa_handler != SIG_IGN;
    if (taken[i]) {
      sigaction(kSignals[i], &action, nullptr);
    }
  }
}

void giveSignalsBack() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (taken[i]) {
      sigaction(kSignals[i], &before[i], nullptr);
    }
  }
}

/// Whether standard error accepts the message now; otherwise it must not delay the end.
bool canBePrinted() {
  constexpr int kPatience = 100;  // milliseconds
  pollfd error{STDERR_FILENO, POLLOUT, 0};
  return poll(&error, 1, kPatience) > 0;
}

#endif

std::thread started(std::function<void()> work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error&) {
    throw heymilo::OverloadError("the system has no thread left to wait for signals with");
  }
}

constexpr std::string_view kWords = "shutting down; press Ctrl-C again to stop immediately\n";

}  // namespace

#ifdef _WIN32

Interrupt::Interrupt(Words words) : words_(words) {
  prepareStop();
  asked = over = false;
  std::signal(SIGINT, &ask);
  std::signal(SIGTERM, &ask);
  watcher_ = started([this] { watch(); });
}

Interrupt::~Interrupt() {
  over = true;
  watcher_.join();
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

void Interrupt::watch() {
  while (!over) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    if (asked) {
      if (words_ == Words::printed) {
        tell(kWords);
      }
      source_.cancel();
      raiseStop();
      return;
    }
  }
}

#else

Interrupt::Interrupt(Words words) : words_(words) {
  prepareStop();
  openWake();
  first = 0;
  try {
    watcher_ = started([this] { watch(); });
  } catch (...) {
    closeWake();
    throw;
  }
  takeSignals();
}

Interrupt::~Interrupt() {
  giveSignalsBack();
  send('o');
  watcher_.join();
  closeWake();
}

void Interrupt::watch() {
  char what = 0;
  while (read(wake[0], &what, 1) < 0 && errno == EINTR) {
  }
  if (what != 's') {
    return;
  }
  if (words_ == Words::printed && canBePrinted()) {
    tell(kWords);
  }
  source_.cancel();
  raiseStop();
}

#endif

}  // namespace support
