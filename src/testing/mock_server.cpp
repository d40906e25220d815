#include "heymilo/testing/mock_server.hpp"

#include <atomic>
#include <exception>
#include <stdexcept>
#include <utility>

#include "testing/api/api.hpp"
#include "testing/api/error_reply.hpp"
#include "testing/api/route.hpp"
#include "testing/http/http_server.hpp"
#include "testing/script.hpp"
#include "testing/state/candidate_store.hpp"
#include "testing/state/logical_clock.hpp"
#include "testing/state/luck.hpp"
#include "testing/state/rate_window.hpp"
#include "testing/state/request_log.hpp"
#include "testing/state/workflow.hpp"

namespace heymilo::testing {

static_assert(MockServer::workflow_time >= detail::kWorkflowLimit);

namespace {

Timestamp systemTime() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

bool isShare(double share) { return share >= 0 && share <= 1; }

MockServerOptions checked(MockServerOptions options) {
  using std::chrono::milliseconds;
  const bool usable = options.port >= 0 && options.port <= 65535 &&
                      options.latency >= milliseconds::zero() && options.time_scale >= 0 &&
                      options.time_scale <= 1e9 && options.queue_delay >= milliseconds::zero() &&
                      isShare(options.null_rate) && isShare(options.unknown_property_rate) &&
                      options.keep_alive_timeout > milliseconds::zero();
  if (!usable) {
    throw std::invalid_argument("the mock server's options can't be used");
  }
  return options;
}

}  // namespace

class MockServer::Impl {
 public:
  explicit Impl(MockServerOptions given)
      : options(checked(std::move(given))),
        clock(options.start_time.value_or(systemTime()), options.time_scale),
        store(clock, options.seed),
        window(options.rate_limit),
        log(options.max_recorded_requests),
        api({{options.api_key, options.workspace_id},
             options.queue_delay,
             {options.null_rate, options.unknown_property_rate}},
            store, window),
        http({options.port,
              options.keep_alive_timeout,
              detail::kMaxBody,
              options.compression,
              [this](RecordedRequest request) { return handle(std::move(request)); },
              [this](int status) { return refuse(status); }}) {}

  // Declared in the order in which they need each other: the server goes first.
  const MockServerOptions options;
  detail::LogicalClock clock;
  detail::CandidateStore store;
  detail::RateWindow window;
  detail::RequestLog log;
  detail::Script script;
  const detail::Api api;
  std::atomic<std::uint64_t> answers{0};
  detail::HttpServer http;

 private:
  detail::Reply handle(RecordedRequest request) {
    const detail::Route route = detail::findRoute(request.method, request.path);
    request.operation = route.operation;
    request.posting_id = route.posting_id;
    const std::uint64_t number = log.begin(request);
    detail::Reply reply;
    try {
      reply = decide(route, request);
    } catch (const std::exception& error) {  // of a function that the test gave
      reply = detail::errorReply(500, "internal_error", error.what());
    }
    request.request_id = identify(reply);
    const bool answered = reply.delivery.cut_after.value_or(1) > 0 && !reply.delivery.raw_bytes;
    request.status = answered ? reply.status : 0;
    log.finish(number, request);
    if (options.on_request) {
      options.on_request(request);
    }
    reply.delivery.delay += options.latency;
    return reply;
  }

  detail::Reply decide(const detail::Route& route, RecordedRequest& request) {
    std::optional<ScriptedResponse> scripted = script.take(request);
    detail::Reply reply;
    if (!scripted || scripted->commit) {
      detail::Api::Result result = api.answer(route, request);
      request.committed = result.committed;
      reply = std::move(result.reply);
    }
    return scripted ? detail::scriptedReply(std::move(*scripted), std::move(reply)) : reply;
  }

  detail::Reply refuse(int status) {
    detail::Reply reply =
        status == 413 ? detail::errorReply(413, "payload_too_large", "The body is over 64 MiB.")
                      : detail::errorReply(status, "malformed_request", "This is not HTTP/1.1.");
    identify(reply);
    return reply;
  }

  // Gives an answer its X-Request-Id where it has none of its own.
  std::string identify(detail::Reply& reply) {
    for (const auto& [name, value] : reply.headers) {
      if (detail::isSameHeaderName(name, "X-Request-Id")) {
        return value;
      }
    }
    std::string id = "req_" + detail::hex(detail::scramble(options.seed ^ ++answers));
    reply.headers.emplace_back("X-Request-Id", id);
    return id;
  }
};

MockServer::MockServer(MockServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

MockServer::~MockServer() = default;

std::string MockServer::url() const { return "http://127.0.0.1:" + std::to_string(port()); }

int MockServer::port() const { return impl_->http.port(); }

void MockServer::addPosting(std::string_view posting_id, std::size_t generated_candidates) {
  impl_->store.addPosting(posting_id);
  impl_->store.generate(posting_id, generated_candidates);
}

std::string MockServer::addCandidate(std::string_view posting_id, const nlohmann::json& candidate) {
  return impl_->store.add(posting_id, candidate);
}

void MockServer::patchCandidate(std::string_view interview_id, const nlohmann::json& properties) {
  impl_->store.patch(interview_id, properties);
}

void MockServer::removeCandidate(std::string_view interview_id) {
  impl_->store.remove(interview_id);
}

nlohmann::json MockServer::candidates(std::string_view posting_id) const {
  const detail::Page page = impl_->store.all(posting_id);
  const detail::Variety variety{impl_->options.null_rate, impl_->options.unknown_property_rate};
  auto array = nlohmann::json::array();
  for (const detail::CandidatePointer& candidate : page.candidates) {
    std::string text;
    detail::JsonWriter json(text);
    detail::writeCandidate(json, *candidate, page.now, variety);
    array.push_back(nlohmann::json::parse(text));
  }
  return array;
}

std::size_t MockServer::candidateCount(std::string_view posting_id) const {
  return impl_->store.list(posting_id, {0})->total_count;
}

Timestamp MockServer::now() const { return impl_->clock.now(); }

void MockServer::advance(std::chrono::microseconds time) { impl_->clock.advance(time); }

std::vector<RecordedRequest> MockServer::requests() const { return impl_->log.all(); }

std::vector<RecordedRequest> MockServer::requests(std::string_view operation) const {
  return impl_->log.of(operation);
}

std::size_t MockServer::requestCount() const { return impl_->log.count(); }

void MockServer::clearRequests() { impl_->log.clear(); }

bool MockServer::waitForRequests(std::size_t count, std::chrono::milliseconds limit) const {
  return impl_->log.waitFor(count, limit);
}

void MockServer::respondNext(RequestMatch match, ScriptedResponse response) {
  impl_->script.add(std::move(match), std::move(response));
}

std::size_t MockServer::pendingResponses() const { return impl_->script.pending(); }

void MockServer::clearResponses() { impl_->script.clear(); }

void MockServer::setRateLimit(std::optional<RateLimit> limit) { impl_->window.setLimit(limit); }

std::size_t MockServer::openConnections() const { return impl_->http.connections().size(); }

void MockServer::closeIdleConnections() { impl_->http.connections().closeIdle(); }

}  // namespace heymilo::testing
