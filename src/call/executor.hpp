#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/per_process.hpp"
#include "call/pacing.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/models/envelope.hpp"
#include "heymilo/options.hpp"
#include "json/codec.hpp"
#include "types/clock.hpp"

namespace heymilo {

/// An operation of the API as the wire has it. Texts are literals.
struct Operation {
  std::string_view id;      // the operationId
  std::string_view method;  // GET, which is idempotent, or POST
  std::string_view route;   // the path's template, with {posting_id}
};

/// What one call sends, beside its operation.
struct CallArguments {
  std::string_view posting_id;
  std::string query;  // without `?`; empty for none
  /// Makes the body, JSON, within the time of the call; empty for none.
  std::function<std::string()> body;
};

/// What an executor takes from its surroundings; tests put their own in.
struct ExecutorEnvironment {
  std::shared_ptr<Transport> transport;
  std::shared_ptr<Clock> clock;
  std::function<double()> random;  // from 0 to 1; called by any thread
};

/// One call of an operation, all its attempts together.
struct Call {
  const Operation& operation;
  const RequestOptions& options;
  HttpRequest request;
  std::chrono::milliseconds timeout;  // of one attempt; 0: none
  RetryPolicy retry;
  Clock::TimePoint started;
  Clock::TimePoint deadline;
  Clock::TimePoint attempt_started{};
  int attempts = 0;
  std::optional<std::chrono::milliseconds> retry_after{};  // as the latest answer asks

  Event event(EventKind kind) const;
  /// What it asks of the quota for its next attempt.
  SlotRequest slot() const { return {options.priority.value_or(Priority::interactive), timeout}; }
};

/// The only way to send. One call: wait for the quota, send, try again where that is safe, and
/// either return a 2xx answer or throw. Used by any number of threads at once.
class Executor {
 public:
  /// `options` have been checked.
  Executor(ClientOptions options, ExecutorEnvironment environment);

  /// Carries out one call and decodes its answer. Throws what errors.hpp lists.
  template <class Answer>
  Answer call(const Operation& operation, const CallArguments& arguments,
              const RequestOptions& options) const {
    Answer answer;
    call(operation, arguments, options, detail::objectType<Answer>(), &answer, answer.http);
    return answer;
  }

  // The steps of a call, for NonBlockingCall to take them at other times.

  /// Throws InvalidArgumentError.
  HttpRequest makeRequest(const Operation& operation, const CallArguments& arguments,
                          const RequestOptions& options) const;
  /// `operation` and `options` must outlive the call, whose time started at `started`.
  Call begin(const Operation& operation, HttpRequest request, const RequestOptions& options,
             Clock::TimePoint started) const;
  /// Makes the call's request ready to be sent once. Throws TimeoutError where there is no time.
  void beginAttempt(Call& call) const;
  /// The answer of the attempt. Throws StatusError where it is not 2xx.
  HttpResponse answered(Call& call, HttpResponse response) const;
  /// There was none, but this error: the request may still be under way, for which its permit
  /// stands.
  void failed(const Call& call, Pacer::Permit& permit, const std::exception_ptr& error) const;
  /// How long to wait after a failed attempt before the next one; nothing where the call ends here.
  std::optional<std::chrono::milliseconds> waitAfter(const Call& call, const Error& error) const;
  /// The call waits for so long until the quota allows a request; `held`: since the API has asked
  /// for that.
  void throttled(const Call& call, std::chrono::milliseconds wait, bool held) const;
  /// Decodes a 2xx answer. Throws DecodeError.
  void decode(const Call& call, HttpResponse response, const detail::ObjectType& type, void* answer,
              ResponseInfo& info) const;

  Pacer& pacer() const { return *pacer_; }
  const ExecutorEnvironment& environment() const noexcept { return environment_; }
  const ClientOptions& options() const noexcept { return options_; }

 private:
  void call(const Operation& operation, const CallArguments& arguments,
            const RequestOptions& options, const detail::ObjectType& type, void* answer,
            ResponseInfo& info) const;
  HttpResponse send(Call& call) const;
  HttpResponse attempt(Call& call, Pacer::Permit& permit) const;
  void pause(const Call& call, std::chrono::milliseconds wait) const;
  std::chrono::microseconds sinceStartOf(Clock::TimePoint moment) const;
  void emit(const Event& event) const;

  const ClientOptions options_;
  const ExecutorEnvironment environment_;
  const std::string base_url_;  // without a trailing slash
  const Headers headers_;       // of every request without a body
  const Headers headers_with_body_;
  PerProcess<Pacer> pacer_;
};

}  // namespace heymilo
