#include "testing/server/sending_threads.hpp"

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/signals_blocked.hpp"
#include "heymilo/errors.hpp"

namespace heymilo::testing::detail {

struct SendingThreads::State {
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t running = 0;

  static thread_local const State* current;  // the owner of this thread
};

thread_local const SendingThreads::State* SendingThreads::State::current = nullptr;

SendingThreads::SendingThreads() : state_(std::make_shared<State>()) {}

SendingThreads::~SendingThreads() {
  std::unique_lock lock(state_->mutex);
  const std::size_t own = State::current == state_.get() ? 1 : 0;
  state_->ended.wait(lock, [&] { return state_->running <= own; });
}

void SendingThreads::start(std::function<HttpResponse()> send,
                           NonBlockingTransport::Completion done) {
  const SignalsBlocked blocked;
  const std::lock_guard lock(state_->mutex);
  auto work = [state = state_, send = std::move(send), done = std::move(done)]() mutable {
    State::current = state.get();
    HttpResponse answer;
    std::exception_ptr error;
    try {
      answer = send();
    } catch (...) {
      error = std::current_exception();
    }
    done(std::move(answer), error);
    send = nullptr;  // releases the captured objects while the thread still counts
    done = nullptr;
    const std::lock_guard ended(state->mutex);
    --state->running;
    state->ended.notify_all();
  };
  try {
    std::thread(std::move(work)).detach();
  } catch (const std::system_error&) {
    throw OverloadError("the system has no thread left to send on");
  }
  ++state_->running;
}

}  // namespace heymilo::testing::detail
