#include <optional>
#include <string>
#include <utility>

#include "call/engine.hpp"
#include "call/nonblocking_call.hpp"
#include "client/client_impl.hpp"
#include "client/operations.hpp"
#include "client/request_defaults.hpp"
#include "curl/curl_transport.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/nonblocking.hpp"

namespace heymilo {

namespace {

EngineOptions optionsFor(const CallContext& calls) {
  EngineOptions options;
  options.clock = calls.clock();
  return options;
}

/// Sends by the client's own transport, or by libcurl on the engine's thread.
NonBlockingCall::Send senderOf(const CallContext& calls, const std::shared_ptr<CurlLoop>& loop) {
  const ClientOptions& options = calls.options();
  if (options.transport) {
    const auto own = std::dynamic_pointer_cast<NonBlockingTransport>(options.transport);
    return [own](const std::shared_ptr<const HttpRequest>& request,
                 const CancellationToken& cancellation,
                 NonBlockingTransport::Completion done) {
      own->start(*request, cancellation, std::move(done));
    };
  }
  const CurlOptions curl_options{options.max_connections, options.tls, options.proxy};
  // The loop outlives what runs on it.
  return [loop = loop.get(), curl_options](std::shared_ptr<const HttpRequest> request,
                                           const CancellationToken& cancellation,
                                           NonBlockingTransport::Completion done) {
    loop->send(std::move(request), curl_options, cancellation, std::move(done));
  };
}

}  // namespace

class NonBlockingClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(Client from, Engine by, CompletionExecutor on)
      : client(std::move(from)), engine(std::move(by)), executor(std::move(on)) {
    const CallContext& calls = client.impl_->calls;
    if (calls.clock() != engine.impl_->clock() &&
        !(isSteady(*calls.clock()) && isSteady(*engine.impl_->clock()))) {
      throw InvalidArgumentError("engine", "must use the client's clock");
    }
    const auto& transport = calls.options().transport;
    if (transport && std::dynamic_pointer_cast<NonBlockingTransport>(transport) == nullptr) {
      throw InvalidArgumentError(
          "transport", "can't send without blocking: derive it from NonBlockingTransport");
    }
    initializeLibcurl();
  }

  template <class Response, class... Content>
  PendingCall<Response> prepare(const Operation& operation, PathValues path,
                                const RequestOptions& given, const Content&... content) const {
    const RequestOptions options = *EffectiveOptions(client.defaults_.get(), given);
    auto request = std::make_shared<CallRequest>(
        requestFor(client.impl_->calls, operation, path, options, content...));
    return {[self = shared_from_this(), &operation, request, options](
                CompletionExecutor run_on, typename PendingCall<Response>::Completion done) {
              self->begin<Response>(
                  operation, std::move(*request), options, std::move(run_on), std::move(done));
            },
            executor};
  }

  const Client client;
  const Engine engine;
  const CompletionExecutor executor;

 private:
  template <class Response>
  void begin(const Operation& operation, CallRequest request, const RequestOptions& options,
             CompletionExecutor run_on, typename PendingCall<Response>::Completion done) const {
    const auto& process = engine.impl_->process();
    // Calls that are under way keep what they need of the client, but not the engine: it ends them.
    const std::shared_ptr<const CallContext> calls(client.impl_, &client.impl_->calls);
    auto notify = [done = std::move(done)](Call& call, std::exception_ptr error) {
      std::optional<Response> response;
      if (!error) {
        try {
          response = call.response<Response>();
        } catch (...) {
          error = std::current_exception();
        }
      }
      done(error ? Result<Response>(std::move(error)) : Result<Response>(*std::move(response)));
    };
    std::make_shared<NonBlockingCall>(
        NonBlockingCall::Environment{
            calls, process.loop, process.queue, senderOf(*calls, process.loop)},
        NonBlockingCall::Job{
            operation, std::move(request), options, std::move(run_on), std::move(notify)})
        ->begin();
  }
};

NonBlockingClient::NonBlockingClient(Client client, CompletionExecutor executor)
    : NonBlockingClient(client, Engine(optionsFor(client.impl_->calls)), std::move(executor)) {}

NonBlockingClient::NonBlockingClient(Client client, Engine engine, CompletionExecutor executor)
    : impl_(std::make_shared<const Impl>(std::move(client), std::move(engine),
                                         std::move(executor))) {}

const Client& NonBlockingClient::client() const noexcept { return impl_->client; }
const Engine& NonBlockingClient::engine() const noexcept { return impl_->engine; }

PendingCall<ListResponse<CandidateResponse>> NonBlockingClient::listCandidates(
    std::string_view posting_id, const ListCandidatesParams& params,
    const RequestOptions& options) const {
  return impl_->prepare<ListResponse<CandidateResponse>>(
      kListCandidates, {posting_id}, options, params);
}

PendingCall<SingleResponse<IngestCandidateResponse>> NonBlockingClient::ingestCandidate(
    std::string_view posting_id, const CandidateIngestRequest& request,
    const RequestOptions& options) const {
  return impl_->prepare<SingleResponse<IngestCandidateResponse>>(
      kIngestCandidate, {posting_id}, options, request);
}

PendingCall<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>
NonBlockingClient::ingestCandidatesBulk(std::string_view posting_id,
                                        const BulkCandidateIngestRequest& request,
                                        const RequestOptions& options) const {
  return impl_->prepare<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>(
      kIngestCandidatesBulk, {posting_id}, options, request);
}

PendingCall<SingleResponse<AsyncIngestResponse>> NonBlockingClient::ingestCandidateAsync(
    std::string_view posting_id, const CandidateIngestRequest& request,
    const RequestOptions& options) const {
  return impl_->prepare<SingleResponse<AsyncIngestResponse>>(
      kIngestCandidateAsync, {posting_id}, options, request);
}

PendingCall<SingleResponse<AsyncIngestResponse>> NonBlockingClient::ingestCandidatesBulkAsync(
    std::string_view posting_id, const BulkCandidateIngestRequest& request,
    const RequestOptions& options) const {
  return impl_->prepare<SingleResponse<AsyncIngestResponse>>(
      kIngestCandidatesBulkAsync, {posting_id}, options, request);
}

}  // namespace heymilo
