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

EngineOptions optionsFor(const Executor& executor) {
  EngineOptions options;
  options.clock = executor.environment().clock;
  return options;
}

/// Sends by the client's own transport, or by libcurl on the engine's thread.
NonBlockingCall::Send senderOf(const Executor& executor, const std::shared_ptr<CurlLoop>& loop) {
  const ClientOptions& options = executor.options();
  if (options.transport) {
    const auto own = std::dynamic_pointer_cast<NonBlockingTransport>(options.transport);
    return [own](HttpRequest request,
                 const CancellationToken& cancellation,
                 NonBlockingTransport::Completion done) {
      own->start(std::move(request), cancellation, std::move(done));
    };
  }
  const CurlOptions curl_options{options.max_connections, options.tls, options.proxy};
  // The loop outlives what runs on it.
  return [loop = loop.get(), curl_options](HttpRequest request,
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
    const Executor& calls = client.impl_->executor;
    if (calls.environment().clock != engine.impl_->clock() &&
        !(isSteady(*calls.environment().clock) && isSteady(*engine.impl_->clock()))) {
      throw InvalidArgumentError("engine", "goes by another clock than the client");
    }
    const auto& transport = calls.options().transport;
    if (transport && std::dynamic_pointer_cast<NonBlockingTransport>(transport) == nullptr) {
      throw InvalidArgumentError(
          "transport", "can't send without blocking: derive it from NonBlockingTransport");
    }
    initializeLibcurl();
  }

  template <class Answer>
  PendingCall<Answer> prepare(const Operation& operation, const CallArguments& arguments,
                              const RequestOptions& given) const {
    const RequestOptions options = *EffectiveOptions(client.defaults_.get(), given);
    auto request = std::make_shared<HttpRequest>(
        client.impl_->executor.makeRequest(operation, arguments, options));
    return {[self = shared_from_this(), &operation, request, options](
                CompletionExecutor run_on, typename PendingCall<Answer>::Completion done) {
              self->begin<Answer>(
                  operation, std::move(*request), options, std::move(run_on), std::move(done));
            },
            executor};
  }

  const Client client;
  const Engine engine;
  const CompletionExecutor executor;

 private:
  template <class Answer>
  void begin(const Operation& operation, HttpRequest request, const RequestOptions& options,
             CompletionExecutor run_on, typename PendingCall<Answer>::Completion done) const {
    const auto& process = engine.impl_->process();
    // Calls that are under way keep what they need of the client, but not the engine: it ends them.
    const std::shared_ptr<const Executor> calls(client.impl_, &client.impl_->executor);
    auto tell = [calls, done = std::move(done)](
                    const Call& call, HttpResponse response, std::exception_ptr error) {
      Answer answer;
      if (!error) {
        try {
          calls->decode(
              call, std::move(response), detail::objectType<Answer>(), &answer, answer.http);
        } catch (...) {
          error = std::current_exception();
        }
      }
      done(error ? Result<Answer>(std::move(error)) : Result<Answer>(std::move(answer)));
    };
    std::make_shared<NonBlockingCall>(
        NonBlockingCall::Environment{
            calls, process.loop, process.queue, senderOf(*calls, process.loop)},
        NonBlockingCall::Job{
            operation, std::move(request), options, std::move(run_on), std::move(tell)})
        ->begin();
  }
};

NonBlockingClient::NonBlockingClient(Client client, CompletionExecutor executor)
    : NonBlockingClient(client, Engine(optionsFor(client.impl_->executor)), std::move(executor)) {}

NonBlockingClient::NonBlockingClient(Client client, Engine engine, CompletionExecutor executor)
    : impl_(std::make_shared<const Impl>(std::move(client), std::move(engine),
                                         std::move(executor))) {}

const Client& NonBlockingClient::client() const noexcept { return impl_->client; }
const Engine& NonBlockingClient::engine() const noexcept { return impl_->engine; }

PendingCall<ListResponse<CandidateResponse>> NonBlockingClient::listCandidates(
    std::string_view posting_id, const ListCandidatesParams& params,
    const RequestOptions& options) const {
  return impl_->prepare<ListResponse<CandidateResponse>>(
      kListCandidates, argumentsOf(posting_id, params), options);
}

PendingCall<SingleResponse<IngestCandidateResponse>> NonBlockingClient::ingestCandidate(
    std::string_view posting_id, const CandidateIngestRequest& request,
    const RequestOptions& options) const {
  return impl_->prepare<SingleResponse<IngestCandidateResponse>>(
      kIngestCandidate, argumentsOf(posting_id, request), options);
}

PendingCall<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>
NonBlockingClient::ingestCandidatesBulk(std::string_view posting_id,
                                        const BulkCandidateIngestRequest& request,
                                        const RequestOptions& options) const {
  return impl_->prepare<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>(
      kIngestCandidatesBulk, argumentsOf(posting_id, request), options);
}

PendingCall<SingleResponse<AsyncIngestResponse>> NonBlockingClient::ingestCandidateAsync(
    std::string_view posting_id, const CandidateIngestRequest& request,
    const RequestOptions& options) const {
  return impl_->prepare<SingleResponse<AsyncIngestResponse>>(
      kIngestCandidateAsync, argumentsOf(posting_id, request), options);
}

PendingCall<SingleResponse<AsyncIngestResponse>> NonBlockingClient::ingestCandidatesBulkAsync(
    std::string_view posting_id, const BulkCandidateIngestRequest& request,
    const RequestOptions& options) const {
  return impl_->prepare<SingleResponse<AsyncIngestResponse>>(
      kIngestCandidatesBulkAsync, argumentsOf(posting_id, request), options);
}

}  // namespace heymilo
