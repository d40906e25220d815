#include "heymilo/testing/mock_server.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "testing/server/api/limits.hpp"
#include "testing/server/api/route.hpp"
#include "testing/server/backend.hpp"
#include "testing/server/http/http_front.hpp"
#include "testing/server/in_process.hpp"
#include "testing/server/sending_threads.hpp"

namespace heymilo::testing {

namespace {

/// The URL for a client that ignores the transport of a mock server without HTTP: a name that DNS
/// never resolves (RFC 6761, section 6.4).
constexpr std::string_view kNowhere = "https://mock-server.invalid";

/// The transport of a mock server without a socket.
class InProcessTransport final : public NonBlockingTransport {
 public:
  explicit InProcessTransport(std::shared_ptr<detail::Backend> backend)
      : backend_(std::move(backend)) {}

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override {
    return deliver(*backend_, request, cancellation);
  }

  void start(HttpRequest request, CancellationToken cancellation, Completion done) override {
    threads_.start(
        [backend = backend_, request = std::move(request), cancellation = std::move(cancellation)] {
          return deliver(*backend, request, cancellation);
        },
        std::move(done));
  }

 private:
  static HttpResponse deliver(detail::Backend& backend, const HttpRequest& request,
                              const CancellationToken& cancellation) {
    detail::requireNotCancelled(cancellation);
    detail::requireOpen(backend.room);
    detail::requireMaySend(request);
    return detail::deliver(
        request, backend.handle(detail::receivedAs(request)), backend.room, cancellation);
  }

  const std::shared_ptr<detail::Backend> backend_;
  detail::SendingThreads threads_;
};

}  // namespace

class MockServer::Impl {
 public:
  explicit Impl(MockServerOptions options)
      : backend(std::make_shared<detail::Backend>(std::move(options))),
        transport(std::make_shared<InProcessTransport>(backend)),
        http(detail::listenForHttp(
            {backend->options.port,
             backend->options.keep_alive_timeout,
             detail::kMaxBody,
             backend->options.compression,
             [this](RecordedRequest request) { return backend->handle(std::move(request)); },
             [this](int status) { return backend->refuse(status); },
             [this](RecordedRequest head) { return backend->interruptAt(std::move(head)); },
             &backend->room})) {}
  ~Impl() { backend->room.close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const std::shared_ptr<detail::Backend> backend;
  const std::shared_ptr<InProcessTransport> transport;
  // Null without HTTP. Last: destroyed first.
  const std::unique_ptr<detail::HttpFront> http;
};

MockServer::MockServer(MockServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

MockServer::~MockServer() = default;

std::string MockServer::url() const { return "http://127.0.0.1:" + std::to_string(port()); }

int MockServer::port() const {
  if (!impl_->http) {
    throw std::logic_error(
        "this heymilo::testing was built without HTTP (HEYMILO_TESTING_HTTP=OFF): use the "
        "transport() of the mock server");
  }
  return impl_->http->port();
}

std::shared_ptr<NonBlockingTransport> MockServer::transport() const { return impl_->transport; }

ClientOptions MockServer::clientOptions() const {
  ClientOptions options;
  options.api_key = impl_->backend->options.api_key;
  options.workspace_id = impl_->backend->options.workspace_id;
  options.base_url = impl_->http ? url() : std::string(kNowhere);
  options.proxy = "";
  options.transport = impl_->transport;
  options.clock = impl_->backend->options.clock;
  return options;
}

void MockServer::addPosting(std::string_view posting_id, std::size_t generated_candidates) {
  impl_->backend->store.addPosting(posting_id);
  impl_->backend->store.generate(posting_id, generated_candidates);
}

std::string MockServer::addCandidate(std::string_view posting_id, const nlohmann::json& candidate) {
  return impl_->backend->store.add(posting_id, candidate);
}

void MockServer::patchCandidate(std::string_view interview_id, const nlohmann::json& properties) {
  impl_->backend->store.patch(interview_id, properties);
}

void MockServer::removeCandidate(std::string_view interview_id) {
  impl_->backend->store.remove(interview_id);
}

nlohmann::json MockServer::candidates(std::string_view posting_id) const {
  const detail::Page page = impl_->backend->store.all(posting_id);
  const detail::Variety variety{impl_->backend->options.null_rate,
                                impl_->backend->options.unknown_property_rate};
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
  return impl_->backend->store.list(posting_id, {0})->total_count;
}

Timestamp MockServer::now() const { return impl_->backend->clock.now(); }

void MockServer::advance(std::chrono::microseconds time) { impl_->backend->clock.advance(time); }

std::vector<RecordedRequest> MockServer::requests() const { return impl_->backend->log.all(); }

std::vector<RecordedRequest> MockServer::requests(std::string_view operation) const {
  return impl_->backend->log.of(operation);
}

std::size_t MockServer::requestCount() const { return impl_->backend->log.count(); }

void MockServer::clearRequests() { impl_->backend->log.clear(); }

bool MockServer::waitForRequests(std::size_t count, std::chrono::milliseconds limit) const {
  return impl_->backend->log.waitFor(count, limit);
}

void MockServer::respondNext(RequestMatch match, ScriptedResponse response) {
  impl_->backend->script.add(std::move(match), std::move(response));
}

std::size_t MockServer::pendingResponses() const { return impl_->backend->script.pending(); }

void MockServer::clearResponses() { impl_->backend->script.clear(); }

void MockServer::release() { impl_->backend->room.release(); }

void MockServer::setRateLimit(std::optional<RateLimit> limit) {
  impl_->backend->window.setLimit({}, limit);
}

void MockServer::setRateLimit(std::string_view operation, std::optional<RateLimit> limit) {
  detail::requireOperation(operation);
  impl_->backend->window.setLimit(operation, limit);
}

std::size_t MockServer::openConnections() const {
  return impl_->http ? impl_->http->openConnections() : 0;
}

void MockServer::closeIdleConnections() {
  if (impl_->http) {
    impl_->http->closeIdleConnections();
  }
}

}  // namespace heymilo::testing
