#include "types/cancellation.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace heymilo {

namespace {

// An exception of a callback is swallowed: no caller could handle it.
void runSwallowing(const std::function<void()>& function) noexcept {
  try {
    function();
  } catch (...) {
  }
}

}  // namespace

struct CancellationCallback::Registration {
  using List = std::list<std::shared_ptr<Registration>>;

  std::function<void()> function;
  List::iterator position{};  // guarded by the state's mutex, valid while `pending`
  bool pending = true;        // guarded by the state's mutex
};

namespace detail {

/// The state shared by a source, its tokens and their callbacks. A callback never runs under the
/// mutex: it may use the token, register other callbacks and destroy itself.
class CancellationState {
 public:
  using Registration = CancellationCallback::Registration;

  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }

  /// Whether cancel() will run the function; false if it has already been cancelled.
  bool add(const std::shared_ptr<Registration>& registration) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (cancelled()) {
      return false;
    }
    registration->position = registrations_.insert(registrations_.end(), registration);
    return true;
  }

  void remove(Registration& registration) noexcept {
    std::unique_lock<std::mutex> lock(mutex_);
    if (registration.pending) {
      registrations_.erase(registration.position);
      return;
    }
    if (canceller_ != std::this_thread::get_id()) {
      done_.wait(lock, [&] { return running_ != &registration; });
    }
  }

  void cancel() noexcept {
    std::unique_lock<std::mutex> lock(mutex_);
    if (cancelled()) {
      return;
    }
    cancelled_.store(true, std::memory_order_release);
    canceller_ = std::this_thread::get_id();
    while (!registrations_.empty()) {
      std::shared_ptr<Registration> registration = std::move(registrations_.front());
      registrations_.pop_front();
      registration->pending = false;
      running_ = registration.get();
      lock.unlock();
      runSwallowing(registration->function);
      // Released before the owner is notified: whatever the function holds is destroyed with the
      // owner, not later on this thread. If the callback destroyed itself, this is the last
      // reference.
      registration.reset();
      lock.lock();
      running_ = nullptr;
      done_.notify_all();
    }
    canceller_ = std::thread::id();
  }

  static CancellationToken eitherOf(const CancellationToken& a, const CancellationToken& b) {
    if (!a.state_ || a.state_ == b.state_) {
      return b;
    }
    if (!b.state_) {
      return a;
    }
    const auto either = std::make_shared<CancellationState>();
    // The state owns the callbacks, which so must not own it.
    const auto cancel = [weak = std::weak_ptr<CancellationState>(either)] {
      if (const auto state = weak.lock()) {
        state->cancel();
      }
    };
    either->causes_[0].emplace(a, cancel);
    either->causes_[1].emplace(b, cancel);
    return CancellationToken(either);
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  std::atomic<bool> cancelled_{false};
  Registration::List registrations_;
  const Registration* running_ = nullptr;  // compared, never dereferenced
  std::thread::id canceller_;
  std::array<std::optional<CancellationCallback>, 2> causes_;  // first to go
};

}  // namespace detail

CancellationToken eitherOf(const CancellationToken& a, const CancellationToken& b) {
  return detail::CancellationState::eitherOf(a, b);
}

CancellationToken::CancellationToken(std::shared_ptr<detail::CancellationState> state)
    : state_(std::move(state)) {}
bool CancellationToken::cancelled() const noexcept { return state_ && state_->cancelled(); }

CancellationSource::CancellationSource() : state_(std::make_shared<detail::CancellationState>()) {}
CancellationToken CancellationSource::token() const { return CancellationToken(state_); }
void CancellationSource::cancel() const noexcept {
  const auto state = state_;  // a callback may destroy this source
  if (state) {
    state->cancel();
  }
}
bool CancellationSource::cancelled() const noexcept { return state_ && state_->cancelled(); }

CancellationCallback::CancellationCallback(const CancellationToken& token,
                                           std::function<void()> function) {
  if (!token.state_) {
    return;  // a default token is never cancelled
  }
  auto registration = std::make_shared<Registration>();
  registration->function = std::move(function);
  if (token.state_->add(registration)) {
    state_ = token.state_;
    registration_ = std::move(registration);
  } else {
    runSwallowing(registration->function);
  }
}

CancellationCallback::~CancellationCallback() {
  if (state_) {
    state_->remove(*registration_);
  }
}

}  // namespace heymilo
