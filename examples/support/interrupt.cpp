#include "support/interrupt.hpp"

#include <atomic>
#include <chrono>
#include <csignal>

#include "support/program.hpp"

namespace support {

namespace {

std::atomic<bool> asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void ask(int /*signal*/) {
  asked = true;
  std::signal(SIGINT, SIG_DFL);  // the next one, of either kind, ends the process
  std::signal(SIGTERM, SIG_DFL);
}

// A signal handler may not cancel, nor wake a thread portably: it is asked this often.
constexpr std::chrono::milliseconds kInterval{20};

}  // namespace

Interrupt::Interrupt() {
  asked = false;
  std::signal(SIGINT, ask);
  std::signal(SIGTERM, ask);
  watcher_ = std::thread([this] { watch(); });
}

Interrupt::~Interrupt() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }
  watcher_.join();
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

void Interrupt::watch() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kInterval, [this] { return over_; })) {
    if (asked) {
      tell("ending in good order; Ctrl-C once more ends it at once\n");
      source_.cancel();
      return;
    }
  }
}

}  // namespace support
