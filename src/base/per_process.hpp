#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "base/process_id.hpp"

namespace heymilo {

/// One T per process. A child of fork() gets its own T on first use and never touches its parent's:
/// in the parent's T a lock may be held, or a queue position taken, by a thread that does not exist
/// in the child, and resources shared with the parent must not be used. Thread-safe.
template <class T>
class PerProcess {
 public:
  /// `make` may be called from any thread.
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
