#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace heymilo {

/// What tells a process from its parent.
inline long processId() noexcept {
#ifdef _WIN32
  return 0;  // where there is no fork()
#else
  return getpid();
#endif
}

/// A T for each process that uses it: a child of fork() gets one of its own when it first asks, and
/// leaves its parent's alone for good. In there, a lock may be held, or a place in a queue taken,
/// by a thread that the child does not have, and what is shared with the parent is not the child's
/// to use. All functions may be called by any thread.
template <class T>
class PerProcess {
 public:
  /// `make` is called by any thread.
  explicit PerProcess(std::function<std::unique_ptr<T>()> make)
      : make_(std::move(make)), held_(new Held{processId(), make_()}) {}
  ~PerProcess() {
    Held* held = held_.load();
    if (held->process == processId()) {
      delete held;
    }
  }
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;

  T& operator*() const {
    Held* held = held_.load();
    if (held->process != processId()) {
      auto fresh = std::make_unique<Held>(Held{processId(), make_()});
      if (held_.compare_exchange_strong(held, fresh.get())) {
        held = fresh.release();
      }
    }
    return *held->value;
  }
  T* operator->() const { return &**this; }

 private:
  struct Held {
    long process;
    std::unique_ptr<T> value;
  };

  const std::function<std::unique_ptr<T>()> make_;
  mutable std::atomic<Held*> held_;
};

}  // namespace heymilo
