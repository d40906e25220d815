#include "call/executor.hpp"

#include <algorithm>
#include <utility>

#include "call/redaction.hpp"
#include "call/retry.hpp"
#include "call/status_error.hpp"
#include "call/url.hpp"
#include "client/validation.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/version.hpp"

namespace heymilo {

namespace {

constexpr std::string_view kPostingIdPlaceholder = "{posting_id}";

std::string userAgent(const ClientOptions& options) {
  std::string own = "heymilo-cpp/" + std::string(version());
  return options.user_agent.empty() ? own : options.user_agent + " " + own;
}

Headers commonHeaders(const ClientOptions& options) {
  Headers headers;
  if (!options.api_key.empty()) {
    headers.add("X-API-KEY", options.api_key);
  }
  if (options.authorization) {
    headers.add("Authorization", *options.authorization);
  }
  if (options.workspace_id) {
    headers.add("X-Workspace-Id", *options.workspace_id);
  }
  headers.add("Accept", "application/json");
  headers.add("User-Agent", userAgent(options));
  return headers;
}

Headers withJsonBody(Headers headers) {
  headers.add("Content-Type", "application/json");
  return headers;
}

Failure failureOf(const Error& error, std::optional<std::chrono::milliseconds> retry_after) {
  Failure failure;
  failure.retry_after = retry_after;
  failure.outcome = error.outcome();
  if (dynamic_cast<const TimeoutError*>(&error) != nullptr) {
    failure.kind = Failure::Kind::timeout;
  } else if (const auto* connection = dynamic_cast<const ConnectionError*>(&error)) {
    failure.kind = connection->permanent() ? Failure::Kind::final : Failure::Kind::connection;
  } else if (const auto* status = dynamic_cast<const StatusError*>(&error)) {
    failure.kind = Failure::Kind::status;
    failure.status = status->status();
  }
  return failure;
}

bool mayHaveBeenSent(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Error& known) {
    return known.outcome() != Outcome::not_sent;
  } catch (...) {  // of a transport that is not ours
    return true;
  }
}

bool isSuccess(int status) noexcept { return status >= 200 && status < 300; }

Clock::TimePoint deadlineOf(const RequestOptions& options, Clock::TimePoint started) {
  const auto end = options.deadline ? later(started, *options.deadline) : (Clock::TimePoint::max)();
  return (std::min)(end, options.until.value_or(end));
}

std::unique_ptr<Pacer> makePacer(const ClientOptions& options, Clock& clock) {
  const auto patience = options.retry.max_retry_after;
  if (!options.quota) {
    return std::make_unique<Pacer>(options.rate_limit, patience, clock, options.reserved_requests);
  }
  QuotaTerms terms;
  terms.key = quotaKey(options);
  terms.requests = options.rate_limit->requests;
  terms.per = options.rate_limit->per;
  terms.reserved_requests = options.reserved_requests;
  terms.timeout = options.timeout;
  return std::make_unique<Pacer>(*options.quota, terms, patience, clock);
}

/// The smaller of two limits, of which 0 is none.
std::chrono::milliseconds tighter(std::chrono::milliseconds a, std::chrono::milliseconds b) {
  return a.count() == 0 ? b : b.count() == 0 ? a : (std::min)(a, b);
}

}  // namespace

Event Call::event(EventKind kind) const {
  Event event;
  event.kind = kind;
  event.operation = operation.id;
  event.method = operation.method;
  event.route = operation.route;
  event.attempt = attempts;
  event.bytes_sent = request.body.size();
  return event;
}

Executor::Executor(ClientOptions options, ExecutorEnvironment environment)
    : options_(std::move(options)),
      environment_(std::move(environment)),
      base_url_(parseBaseUrl(options_.base_url).text),
      headers_(commonHeaders(options_)),
      headers_with_body_(withJsonBody(headers_)),
      pacer_([this] { return makePacer(options_, *environment_.clock); }) {}

void Executor::call(const Operation& operation, const CallArguments& arguments,
                    const RequestOptions& options, const detail::ObjectType& type, void* answer,
                    ResponseInfo& info) const {
  const Clock::TimePoint started = environment_.clock->now();
  Call call = begin(operation, makeRequest(operation, arguments, options), options, started);
  decode(call, send(call), type, answer, info);
}

Call Executor::begin(const Operation& operation, HttpRequest request, const RequestOptions& options,
                     Clock::TimePoint started) const {
  Call call{operation,
            options,
            std::move(request),
            options.timeout.value_or(options_.timeout),
            options_.retry,
            started,
            deadlineOf(options, started)};
  call.retry.max_retries = options.max_retries.value_or(options_.retry.max_retries);
  return call;
}

void Executor::decode(const Call& call, HttpResponse response, const detail::ObjectType& type,
                      void* answer, ResponseInfo& info) const {
  ResponseInfo about;  // `info` is a part of the answer, which the codec may begin anew
  about.status = response.status;
  about.headers = std::move(response.headers);
  about.request_id = about.headers.get("X-Request-Id").value_or("");
  about.attempts = call.attempts;
  about.elapsed = sinceStartOf(call.started);
  try {
    json::decode(type, response.body, answer, response.body.capacity() - response.body.size());
  } catch (const json::Mismatch& mismatch) {
    std::string message(call.operation.id);
    message += ": the answer (" + std::to_string(about.status) +
               ") is not the documented JSON: " + mismatch.path.masked() +
               (mismatch.path.masked().empty() ? "" : ": ") + mismatch.problem;
    if (!about.request_id.empty()) {
      message += " (request id " +
                 Redactor(call.request, call.operation.route).identifier(about.request_id) + ")";
    }
    throw DecodeError(message, mismatch.path.whole(), std::move(response.body), std::move(about));
  }
  info = std::move(about);
}

std::chrono::microseconds Executor::sinceStartOf(Clock::TimePoint moment) const {
  return std::chrono::duration_cast<std::chrono::microseconds>(environment_.clock->now() - moment);
}

HttpRequest Executor::makeRequest(const Operation& operation, const CallArguments& arguments,
                                  const RequestOptions& options) const {
  check(options);
  if (options_.quota && options.timeout == std::chrono::milliseconds{0}) {
    throw InvalidArgumentError("timeout", "must be more than 0 where the quota is shared");
  }
  checkPostingId(arguments.posting_id);
  HttpRequest request;
  request.method = operation.method;
  request.idempotent = operation.method == "GET";
  const auto placeholder = operation.route.find(kPostingIdPlaceholder);
  request.url.reserve(base_url_.size() + operation.route.size() + 3 * arguments.posting_id.size() +
                      arguments.query.size() + 1);
  request.url = base_url_;
  request.url += operation.route.substr(0, placeholder);
  request.url += percentEncode(arguments.posting_id);
  request.url += operation.route.substr(placeholder + kPostingIdPlaceholder.size());
  if (!arguments.query.empty()) {
    request.url += '?';
    request.url += arguments.query;
  }
  request.headers = arguments.body ? headers_with_body_ : headers_;
  if (options.workspace_id) {
    request.headers.set("X-Workspace-Id", *options.workspace_id);
  }
  if (arguments.body) {
    request.body = arguments.body();
  }
  for (const auto& [name, value] : options.headers) {
    request.headers.add(name, value);
  }
  request.connect_timeout = options_.connect_timeout;
  request.max_response_bytes = options_.max_response_bytes;
  return request;
}

/// Sends until there is a 2xx answer or no further attempt is allowed.
HttpResponse Executor::send(Call& call) const {
  for (;;) {
    std::optional<std::chrono::milliseconds> wait;
    {
      Pacer::Permit permit = pacer_->acquire(
          call.options.cancellation,
          call.deadline,
          [&](std::chrono::milliseconds turn, bool held) { throttled(call, turn, held); },
          call.slot());
      try {
        return attempt(call, permit);
      } catch (const Error& error) {
        wait = waitAfter(call, error);
        if (!wait) {
          throw;
        }
      }
    }
    pause(call, *wait);
  }
}

HttpResponse Executor::attempt(Call& call, Pacer::Permit& permit) const {
  permit.check();
  beginAttempt(call);
  HttpResponse response;
  try {
    response = environment_.transport->send(call.request, call.options.cancellation);
  } catch (...) {
    failed(call, permit, std::current_exception());
    throw;
  }
  return answered(call, std::move(response));
}

void Executor::throttled(const Call& call, std::chrono::milliseconds wait, bool held) const {
  Event event = call.event(EventKind::throttled);
  event.wait = wait;
  event.held = held;
  emit(event);
}

std::optional<std::chrono::milliseconds> Executor::waitAfter(const Call& call,
                                                             const Error& error) const {
  const Failure failure = failureOf(error, call.retry_after);
  const Clock::TimePoint now = environment_.clock->now();
  if (failure.status == 429 && failure.retry_after) {
    pacer_->holdUntil(later(now, *failure.retry_after));
  }
  const auto wait =
      retryWait(call.retry, failure, call.request.idempotent, call.attempts, environment_.random());
  if (!wait || call.deadline - now <= *wait) {
    return std::nullopt;
  }
  Event event = call.event(EventKind::retry);
  event.status = failure.status;
  event.wait = *wait;
  emit(event);
  return wait;
}

void Executor::beginAttempt(Call& call) const {
  ++call.attempts;
  call.retry_after.reset();
  call.attempt_started = environment_.clock->now();
  call.request.timeout = call.timeout;
  if (call.deadline != (Clock::TimePoint::max)()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(call.deadline - call.attempt_started);
    if (left.count() <= 0) {
      throw TimeoutError(std::string(call.operation.id) + ": the deadline has passed",
                         Outcome::not_sent);
    }
    call.request.timeout = tighter(call.timeout, left);
  }
  emit(call.event(EventKind::request));
}

void Executor::failed(const Call& call, Pacer::Permit& permit,
                      const std::exception_ptr& error) const {
  if (mayHaveBeenSent(error)) {
    permit.unanswered();
  }
  Event event = call.event(EventKind::failure);
  event.elapsed = sinceStartOf(call.attempt_started);
  emit(event);
}

HttpResponse Executor::answered(Call& call, HttpResponse response) const {
  Event event = call.event(EventKind::response);
  event.status = response.status;
  event.elapsed = sinceStartOf(call.attempt_started);
  event.bytes_received = response.body.size();
  const Redactor redact(call.request, call.operation.route);
  if (options_.on_event) {
    // A server's text like any other: it may quote what it was sent.
    const std::optional<std::string> id = response.headers.get("X-Request-Id");
    event.request_id = id ? redact.identifier(*id) : std::string();
  }
  emit(event);
  if (!isSuccess(response.status)) {
    call.retry_after = retryAfterOf(response);
    throwStatusError(call.operation.id, std::move(response), redact);
  }
  return response;
}

/// Waits out `wait`. Nothing that was sent before it can have been carried out, or sending again
/// would not be allowed: a cancellation leaves the call as not sent.
void Executor::pause(const Call& call, std::chrono::milliseconds wait) const {
  const Clock::TimePoint end = later(environment_.clock->now(), wait);
  if (!waitUntil(*environment_.clock, end, call.options.cancellation)) {
    throw CancelledError(std::string(call.operation.id) + ": cancelled while waiting to try again",
                         Outcome::not_sent);
  }
}

void Executor::emit(const Event& event) const {
  if (!options_.on_event) {
    return;
  }
  try {
    options_.on_event(event);
  } catch (...) {  // NOLINT(bugprone-empty-catch): an observer must not change what it observes
  }
}

}  // namespace heymilo
