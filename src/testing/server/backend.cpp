#include "testing/server/backend.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

#include "base/http_date.hpp"
#include "testing/server/api/error_reply.hpp"
#include "testing/server/api/route.hpp"
#include "testing/server/state/luck.hpp"
#include "testing/server/state/workflow.hpp"

namespace heymilo::testing::detail {

static_assert(MockServer::workflow_time >= kWorkflowLimit);

namespace {

Timestamp systemTime() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

bool isOffset(const std::optional<std::chrono::seconds>& offset) {
  constexpr std::chrono::hours kMost{24 * 366 * 100};
  return !offset || (*offset >= -kMost && *offset <= kMost);
}

bool isShare(double share) { return share >= 0 && share <= 1; }

MockServerOptions completed(MockServerOptions options) {
  using std::chrono::milliseconds;
  const bool usable = options.port >= 0 && options.port <= 65535 &&
                      options.latency >= milliseconds::zero() && options.time_scale >= 0 &&
                      options.time_scale <= 1e9 && options.queue_delay >= milliseconds::zero() &&
                      isShare(options.null_rate) && isShare(options.unknown_property_rate) &&
                      isOffset(options.date_offset) &&
                      options.keep_alive_timeout > milliseconds::zero();
  if (!usable) {
    throw std::invalid_argument("invalid mock server options");
  }
  if (options.time_scale == 0 && options.clock) {
    options.time_scale = 1;
  }
  if (!options.clock) {
    options.clock = Clock::steady();
  }
  return options;
}

}  // namespace

Backend::Backend(MockServerOptions given, OperationTable operations)
    : options(completed(std::move(given))),
      clock(options.start_time.value_or(systemTime()), options.time_scale, options.clock),
      store(clock, options.seed),
      window(options.rate_limit, options.clock),
      log(options.max_recorded_requests),
      room(options.clock),
      operations_(operations),
      api_({{options.api_key, options.workspace_id},
            options.queue_delay,
            {options.null_rate, options.unknown_property_rate}},
           store, window) {}

Reply Backend::handle(RecordedRequest request) {
  const std::uint64_t ticket = room.ticket();  // before the test can know of the request
  const Route route = findRoute(operations_, request.method, request.path);
  noteRoute(request, route);
  request.received_at = options.clock->now();
  std::optional<ScriptedResponse> scripted;
  std::optional<Reply> failure;
  try {
    scripted = script.take(request);
  } catch (const std::exception& error) {  // from a callback of the test
    failure = errorReply(500, "internal_error", error.what());
  }
  if (scripted && scripted->interrupt_after) {
    return scriptedReply(std::move(*scripted), {});
  }
  const bool hold = scripted && scripted->hold;
  const std::uint64_t number = log.begin(request);
  Reply reply = failure ? std::move(*failure) : decide(route, request, std::move(scripted));
  request.request_id = identify(reply);
  date(reply);
  const bool answered = reply.delivery.cut_after.value_or(1) > 0 && !reply.delivery.raw_bytes;
  request.status = answered ? reply.status : 0;
  log.finish(number, request);
  if (options.on_request) {
    options.on_request(request);
  }
  reply.delivery.delay += options.latency;
  if (hold) {
    reply.delivery.ticket = ticket;
  }
  return reply;
}

Reply Backend::decide(const Route& route, RecordedRequest& request,
                      std::optional<ScriptedResponse> scripted) {
  Reply reply;
  if (!scripted || scripted->commit) {
    ApiResult result = api_.answer(route, request);
    request.committed = result.committed;
    reply = std::move(result.reply);
  }
  return scripted ? scriptedReply(std::move(*scripted), std::move(reply)) : reply;
}

Reply Backend::refuse(int status) {
  Reply reply = status == 413 ? errorReply(413, "payload_too_large", "The body is over 64 MiB.")
                              : errorReply(status, "malformed_request", "This is not HTTP/1.1.");
  identify(reply);
  date(reply);
  return reply;
}

std::optional<std::size_t> Backend::interruptAt(RecordedRequest head) {
  noteRoute(head, findRoute(operations_, head.method, head.path));
  try {
    return script.takeInterrupt(head);
  } catch (const std::exception&) {  // handle() repeats the call with the body, and reports it
    return std::nullopt;
  }
}

// Adds an X-Request-Id to a response without one.
std::string Backend::identify(Reply& reply) {
  if (const std::string* given = headerIn(reply, "X-Request-Id")) {
    return *given;
  }
  std::string id = "req_" + hex(scramble(options.seed ^ ++answers_));
  reply.headers.emplace_back("X-Request-Id", id);
  return id;
}

void Backend::date(Reply& reply) const {
  if (options.date_offset && headerIn(reply, "Date") == nullptr) {
    const auto moment =
        std::chrono::floor<std::chrono::seconds>(clock.now() + *options.date_offset);
    reply.headers.emplace_back("Date", formatHttpDate(moment).value());
  }
}

}  // namespace heymilo::testing::detail
