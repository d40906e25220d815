#pragma once

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "heymilo/errors.hpp"
#include "heymilo/export.hpp"

#if defined(__cpp_impl_coroutine) && defined(__has_include)
#if __has_include(<coroutine>)
#include <coroutine>
#define HEYMILO_HAS_COROUTINES 1
#endif
#endif

namespace heymilo {

namespace detail {
/// The Error that `exception` is; null where it is none. It lives as long as the exception does.
HEYMILO_EXPORT std::shared_ptr<const Error> errorIn(const std::exception_ptr& exception) noexcept;
}  // namespace detail

/// Lets a function run soon, once, on a thread of the caller's: posts it to an event loop or a
/// thread pool. Called on the engine's thread, which it must not hold up; where it throws, the
/// function runs there.
using CompletionExecutor = std::function<void(std::function<void()>)>;

/// What became of a call: its response, or the error that the same method of Client throws.
template <class Response>
class Result {
 public:
  /// The response.
  explicit Result(Response response) : response_(std::move(response)) {}
  /// The error, which must not be null.
  explicit Result(std::exception_ptr error)
      : exception_(std::move(error)), error_(detail::errorIn(exception_)) {}

  /// Whether there is a response.
  bool ok() const noexcept { return exception_ == nullptr; }
  /// The response. Throws the error where there is none.
  Response& value() & {
    throwIfFailed();
    return *response_;
  }
  /// The response. Throws the error where there is none.
  const Response& value() const& {
    throwIfFailed();
    return *response_;
  }
  /// The response. Throws the error where there is none.
  Response value() && {
    throwIfFailed();
    return *std::move(response_);
  }
  /// The error; null where there is a response, and where what the call ended with is not a
  /// heymilo::Error (std::bad_alloc, or what a transport of your own throws): see exception().
  /// It lives as long as this, or a copy. With MSVC it has the class Error itself.
  const Error* error() const noexcept { return error_.get(); }
  /// What value() throws, whatever it is; null where there is a response. (error() in 0.1.)
  std::exception_ptr exception() const noexcept { return exception_; }

 private:
  void throwIfFailed() const {
    if (exception_) {
      std::rethrow_exception(exception_);
    }
  }

  std::optional<Response> response_;
  std::exception_ptr exception_;
  std::shared_ptr<const Error> error_;  // in exception_
};

/// A call of NonBlockingClient that has been prepared and not begun: nothing is sent until one of
/// then(), future() and co_await is used, each of which takes it, once. To be moved between
/// threads, not shared.
template <class Response>
class [[nodiscard]] PendingCall {
 public:
  /// Notified of the end of the call, once. Must not throw: there would be nobody to catch it.
  using Completion = std::function<void(Result<Response>)>;
  /// Begins the call; `executor` may be empty.
  using Begin = std::function<void(CompletionExecutor executor, Completion done)>;

  /// For those who make such calls: NonBlockingClient, and its fakes.
  PendingCall(Begin begin, CompletionExecutor executor)
      : begin_(std::move(begin)), executor_(std::move(executor)) {}
  PendingCall(PendingCall&&) noexcept = default;             ///< Leaves nothing to be begun.
  PendingCall& operator=(PendingCall&&) noexcept = default;  ///< Leaves nothing to be begun.
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

  /// Begins the call, and returns. `done` runs on the client's executor or, where that is empty, on
  /// the engine's thread, which it must not hold up.
  void then(Completion done) && {
    auto begin = std::move(begin_);
    begin(std::move(executor_), std::move(done));
  }

  /// Begins the call, and returns. The future is made ready by the engine's thread, whatever the
  /// executor, so that a thread which the executor needs may wait for it. Letting go of the future
  /// neither waits for the call nor ends it.
  std::future<Response> future() && {
    auto promise = std::make_shared<std::promise<Response>>();
    std::future<Response> future = promise->get_future();
    executor_ = nullptr;
    std::move(*this).then([promise](Result<Response> result) {
      if (result.ok()) {
        promise->set_value(std::move(result).value());
      } else {
        promise->set_exception(result.exception());
      }
    });
    return future;
  }

 private:
  Begin begin_;
  CompletionExecutor executor_;
};

#ifdef HEYMILO_HAS_COROUTINES

namespace detail {

template <class Response>
class PendingCallAwaiter {
 public:
  explicit PendingCallAwaiter(PendingCall<Response>&& call) : call_(std::move(call)) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    // The coroutine may go on, and take this with it, before then() returns.
    PendingCall<Response> call = std::move(call_);
    std::move(call).then([this, waiting](Result<Response> result) {
      result_.emplace(std::move(result));
      waiting.resume();
    });
  }
  Response await_resume() { return std::move(*result_).value(); }

 private:
  PendingCall<Response> call_;
  std::optional<Result<Response>> result_;
};

}  // namespace detail

/// `co_await client.listCandidates(...)`: begins the call, and goes on when it has ended, on the
/// client's executor or, where that is empty, on the engine's thread. Gives the response, or
/// throws.
///
/// With g++ 12 a request in braces must have a name of its own: what braces make within such an
/// expression is destroyed twice there, whatever is awaited.
template <class Response>
detail::PendingCallAwaiter<Response> operator co_await(PendingCall<Response>&& call) {
  return detail::PendingCallAwaiter<Response>(std::move(call));
}

#endif

}  // namespace heymilo
