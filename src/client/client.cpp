#include "heymilo/client.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "base/api_limits.hpp"
#include "call/base_url.hpp"
#include "call/option_checks.hpp"
#include "client/client_impl.hpp"
#include "client/operations.hpp"
#include "client/quota_environment.hpp"
#include "client/request_checks.hpp"
#include "client/request_defaults.hpp"
#include "curl/curl_transport.hpp"
#include "paging/waiting.hpp"
#include "types/cancellation.hpp"

namespace heymilo {

namespace {

ClientOptions checked(ClientOptions options) {
  checkClientOptions(options);
  return options;
}

Surroundings surroundingsOf(const ClientOptions& options) {
  Surroundings surroundings;
  surroundings.transport = options.transport ? options.transport : makeTransport(options);
  surroundings.clock = options.clock ? options.clock : Clock::steady();
  surroundings.random = [] {
    // No generator is kept: this runs before a wait of half a second, and a state of its own would
    // be one more thing to share between threads and to repeat itself after a fork.
    try {
      std::random_device device;
      return std::uniform_real_distribution<double>(0.0, 1.0)(device);
    } catch (const std::exception&) {  // of a process that can open no more files, say
      return 1.0;
    }
  };
  return surroundings;
}

std::optional<std::string> environmentVariable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr || *value == '\0') {
    return std::nullopt;
  }
  return value;
}

#ifdef _WIN32
constexpr char kBetweenFolders = ';';
#else
constexpr char kBetweenFolders = ':';
#endif

/// Whether one of the places exists as what it is to be.
bool exists(const std::string& places, bool folder) {
  std::size_t begin = 0;
  while (begin <= places.size()) {
    const std::size_t end =
        (std::min)(folder ? places.find(kBetweenFolders, begin) : places.size(), places.size());
    std::error_code error;
    const std::filesystem::path place(places.substr(begin, end - begin));
    if (folder ? std::filesystem::is_directory(place, error)
               : std::filesystem::exists(place, error) &&
                     !std::filesystem::is_directory(place, error)) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

/// Whom to trust, as SSL_CERT_FILE and SSL_CERT_DIR say.
void trustAsTheEnvironmentSays(ClientOptions& options) {
  if (options.tls.ca_file || options.tls.ca_dir) {
    return;
  }
  options.tls.ca_file = environmentVariable("SSL_CERT_FILE");
  options.tls.ca_dir = environmentVariable("SSL_CERT_DIR");
  if (options.tls.ca_dir && !options.transport && !canTrustFolders()) {
    options.tls.ca_dir.reset();  // it is for programs with another TLS
  }
  if (!options.transport && parseBaseUrl(options.base_url).secure) {
    // OpenSSL takes a folder that is not there for an empty one.
    if (options.tls.ca_file && !exists(*options.tls.ca_file, false)) {
      throw InvalidArgumentError("SSL_CERT_FILE", "there is no file " + *options.tls.ca_file);
    }
    if (options.tls.ca_dir && !exists(*options.tls.ca_dir, true)) {
      throw InvalidArgumentError("SSL_CERT_DIR", "there is no folder " + *options.tls.ca_dir);
    }
  }
}

}  // namespace

Client::Impl::Impl(const ClientOptions& options)
    : calls(options, surroundingsOf(options)), max_connections(options.max_connections) {}

Client::Client(ClientOptions options)
    : impl_(std::make_shared<const Impl>(checked(std::move(options)))) {}

Client Client::fromEnvironment(ClientOptions options) {
  if (options.api_key.empty()) {
    options.api_key = environmentVariable("HEYMILO_API_KEY").value_or("");
  }
  if (options.base_url.empty()) {
    options.base_url = environmentVariable("HEYMILO_BASE_URL").value_or("");
  }
  if (!options.workspace_id) {
    options.workspace_id = environmentVariable("HEYMILO_WORKSPACE_ID");
  }
  limitAsTheEnvironmentSays(environmentVariable("HEYMILO_RATE_LIMIT"), options);
  shareAsTheEnvironmentSays(environmentVariable("HEYMILO_QUOTA"), options);
  trustAsTheEnvironmentSays(options);
  return Client(std::move(options));
}

Client Client::withOptions(RequestOptions defaults) const {
  checkRequestOptions(defaults);
  Client copy = *this;
  copy.defaults_ = std::make_shared<const RequestOptions>(
      defaults_ ? withDefaults(*defaults_, std::move(defaults)) : std::move(defaults));
  return copy;
}

ListResponse<CandidateResponse> Client::listCandidates(std::string_view posting_id,
                                                       const ListCandidatesParams& params,
                                                       const RequestOptions& options) const {
  return callOperation<ListResponse<CandidateResponse>>(impl_->calls,
                                                        kListCandidates,
                                                        {posting_id},
                                                        *EffectiveOptions(defaults_.get(), options),
                                                        params);
}

SingleResponse<IngestCandidateResponse> Client::ingestCandidate(
    std::string_view posting_id, const CandidateIngestRequest& request,
    const RequestOptions& options) const {
  return callOperation<SingleResponse<IngestCandidateResponse>>(
      impl_->calls,
      kIngestCandidate,
      {posting_id},
      *EffectiveOptions(defaults_.get(), options),
      request);
}

SingleResponse<std::vector<BulkIngestCandidateResponseItem>> Client::ingestCandidatesBulk(
    std::string_view posting_id, const BulkCandidateIngestRequest& request,
    const RequestOptions& options) const {
  return callOperation<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>(
      impl_->calls,
      kIngestCandidatesBulk,
      {posting_id},
      *EffectiveOptions(defaults_.get(), options),
      request);
}

SingleResponse<AsyncIngestResponse> Client::ingestCandidateAsync(
    std::string_view posting_id, const CandidateIngestRequest& request,
    const RequestOptions& options) const {
  return callOperation<SingleResponse<AsyncIngestResponse>>(
      impl_->calls,
      kIngestCandidateAsync,
      {posting_id},
      *EffectiveOptions(defaults_.get(), options),
      request);
}

SingleResponse<AsyncIngestResponse> Client::ingestCandidatesBulkAsync(
    std::string_view posting_id, const BulkCandidateIngestRequest& request,
    const RequestOptions& options) const {
  return callOperation<SingleResponse<AsyncIngestResponse>>(
      impl_->calls,
      kIngestCandidatesBulkAsync,
      {posting_id},
      *EffectiveOptions(defaults_.get(), options),
      request);
}

namespace {

/// Loads a page for a range: given up when the caller cancels, and when the range no longer wants
/// it.
CandidateWindowLoader pageLoader(Client client, std::string_view posting_id,
                                 RequestOptions options) {
  return
      [client = std::move(client), posting = std::string(posting_id), options = std::move(options)](
          const ListCandidatesParams& params, const CancellationToken& cancellation) {
        RequestOptions page_options = options;
        page_options.cancellation = eitherOf(options.cancellation, cancellation);
        return client.listCandidates(posting, params, page_options);
      };
}

void checkList(std::string_view posting_id, ListCandidatesParams& params,
               const RequestOptions& options) {
  checkPostingId(posting_id);
  checkListParams(params);
  checkRequestOptions(options);
  params.limit = params.limit.value_or(api_limits::kMaxPage);
}

}  // namespace

CandidateRange Client::listAllCandidates(std::string_view posting_id, ListCandidatesParams params,
                                         RequestOptions options) const {
  checkList(posting_id, params, options);
  return {pageLoader(*this, posting_id, std::move(options)), std::move(params)};
}

CandidateRange Client::listAllCandidatesInParallel(std::string_view posting_id,
                                                   std::size_t concurrency,
                                                   ListCandidatesParams params,
                                                   RequestOptions options) const {
  checkList(posting_id, params, options);
  if (concurrency > 1) {
    concurrency = (std::max)(std::size_t{1}, (std::min)(concurrency, impl_->max_connections));
  }
  return {pageLoader(*this, posting_id, std::move(options)), std::move(params), concurrency};
}

std::vector<CandidateResponse> Client::waitForCandidates(std::string_view posting_id,
                                                         const std::vector<std::string>& keys,
                                                         const CandidatePredicate& state,
                                                         const WaitOptions& how,
                                                         const RequestOptions& options) const {
  checkPostingId(posting_id);
  checkRequestOptions(options);
  Client plain = *this;  // the wait as a whole has the defaults
  plain.defaults_ = nullptr;
  return detail::waitForCandidates(
      [&](const ListCandidatesParams& params, const RequestOptions& request) {
        return plain.listCandidates(posting_id, params, request);
      },
      clock(),
      keys,
      state,
      how,
      *EffectiveOptions(defaults_.get(), options));
}

CandidateResponse Client::waitForCandidate(std::string_view posting_id, const std::string& key,
                                           const CandidatePredicate& state, const WaitOptions& how,
                                           const RequestOptions& options) const {
  return waitForCandidates(posting_id, {key}, state, how, options).front();
}

Clock& Client::clock() const noexcept { return *impl_->calls.clock(); }

const std::string& Client::baseUrl() const noexcept { return impl_->calls.baseUrl(); }

std::chrono::milliseconds Client::attemptTimeout() const noexcept {
  const auto& timeout = impl_->calls.options().timeout;
  return defaults_ ? defaults_->timeout.value_or(timeout) : timeout;
}

std::shared_ptr<Transport> makeTransport(const ClientOptions& options) {
  return makeCurlTransport({options.max_connections, options.tls, options.proxy});
}

}  // namespace heymilo
