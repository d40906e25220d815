#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace heymilo {

/// What bounds the calls of one engine: how many have been begun and not ended, and how many have a
/// request on its way.
class CallQueue {
 public:
  CallQueue(std::size_t max_pending, std::size_t max_sending)
      : max_pending_(max_pending), free_(max_sending) {}

  // For any thread.

  /// Another call is pending. False where there are as many as may be.
  bool enter() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (pending_ == max_pending_) {
      return false;
    }
    ++pending_;
    return true;
  }
  void leave() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (--pending_ == 0) {
      none_pending_.notify_all();
    }
  }
  std::size_t pending() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return pending_;
  }
  void waitForNone() const {
    std::unique_lock<std::mutex> lock(mutex_);
    none_pending_.wait(lock, [this] { return pending_ == 0; });
  }

  // For the loop's thread only.

  /// Runs `go` when a request may be sent, in order of arrival. It returns whether it takes the
  /// place, which is to be given back.
  void takePlace(std::function<bool()> go) {
    waiting_.push_back(std::move(go));
    fill();
  }
  void giveBack() {
    ++free_;
    fill();
  }

 private:
  void fill() {
    while (free_ > 0 && !waiting_.empty()) {
      const std::function<bool()> go = std::move(waiting_.front());
      waiting_.pop_front();
      --free_;  // before it runs: it may give the place back at once
      if (!go()) {
        ++free_;
      }
    }
  }

  const std::size_t max_pending_;
  mutable std::mutex mutex_;
  mutable std::condition_variable none_pending_;
  std::size_t pending_ = 0;  // guarded by mutex_

  std::size_t free_;
  std::deque<std::function<bool()>> waiting_;
};

}  // namespace heymilo
