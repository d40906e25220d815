#include "curl/handle_pool.hpp"

#include <algorithm>
#include <iterator>
#include <new>

#include "curl/idle_limits.hpp"
#include "curl/sigpipe_guard.hpp"

namespace heymilo {

HandlePool::~HandlePool() {
  const SigpipeGuard guard;  // closing TLS writes, perhaps to a closed connection
  idle_.clear();
}

HandlePool::Lease HandlePool::take() {
  std::unique_ptr<CurlHandle> handle;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      handle = std::move(idle_.back().handle);
      idle_.pop_back();
    }
  }
  if (!handle) {
    handle = std::make_unique<CurlHandle>();
  }
  return {handle.release(), Return(this)};
}

void HandlePool::giveBack(CurlHandle* returned) noexcept {
  std::unique_ptr<CurlHandle> handle(returned);
  handle->rest();
  if (!handle->usable()) {
    return;
  }
  // Destroyed after the unlock: closing connections takes time.
  std::vector<Idle> closed;
  try {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back({std::move(handle), now});
    const auto fresh = std::find_if(idle_.begin(), idle_.end(), [now](const Idle& idle) {
      return now - idle.since <= kLongestIdle;
    });
    const auto excess = idle_.size() - (std::min)(idle_.size(), capacity_);
    const auto kept = (std::max)(fresh, idle_.begin() + static_cast<std::ptrdiff_t>(excess));
    closed.assign(std::make_move_iterator(idle_.begin()), std::make_move_iterator(kept));
    idle_.erase(idle_.begin(), kept);
  } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): the handle is closed instead
  }
}

}  // namespace heymilo
