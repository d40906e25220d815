#include "heymilo/client.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "call/url.hpp"
#include "client/client_impl.hpp"
#include "client/operations.hpp"
#include "client/quota_environment.hpp"
#include "client/validation.hpp"
#include "curl/curl_transport.hpp"
#include "paging/waiting.hpp"

namespace heymilo {

namespace {

constexpr int kMaxPageSize = 100;

ClientOptions checked(ClientOptions options) {
  check(options);
  return options;
}

ExecutorEnvironment environmentOf(const ClientOptions& options) {
  ExecutorEnvironment environment;
  environment.transport = options.transport ? options.transport : makeTransport(options);
  environment.clock = options.clock ? options.clock : Clock::steady();
  environment.random = [] {
    // No generator is kept: this runs before a wait of half a second, and a state of its own would
    // be one more thing to share between threads and to repeat itself after a fork.
    try {
      std::random_device device;
      return std::uniform_real_distribution<double>(0.0, 1.0)(device);
    } catch (const std::exception&) {  // of a process that can open no more files, say
      return 1.0;
    }
  };
  return environment;
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
    : executor(options, environmentOf(options)), max_connections(options.max_connections) {}

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

ListResponse<CandidateResponse> Client::listCandidates(std::string_view posting_id,
                                                       const ListCandidatesParams& params,
                                                       const RequestOptions& options) const {
  return impl_->executor.call<ListResponse<CandidateResponse>>(
      kListCandidates, argumentsOf(posting_id, params), options);
}

SingleResponse<IngestCandidateResponse> Client::ingestCandidate(
    std::string_view posting_id, const CandidateIngestRequest& request,
    const RequestOptions& options) const {
  return impl_->executor.call<SingleResponse<IngestCandidateResponse>>(
      kIngestCandidate, argumentsOf(posting_id, request), options);
}

SingleResponse<std::vector<BulkIngestCandidateResponseItem>> Client::ingestCandidatesBulk(
    std::string_view posting_id, const BulkCandidateIngestRequest& request,
    const RequestOptions& options) const {
  return impl_->executor.call<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>(
      kIngestCandidatesBulk, argumentsOf(posting_id, request), options);
}

SingleResponse<AsyncIngestResponse> Client::ingestCandidateAsync(
    std::string_view posting_id, const CandidateIngestRequest& request,
    const RequestOptions& options) const {
  return impl_->executor.call<SingleResponse<AsyncIngestResponse>>(
      kIngestCandidateAsync, argumentsOf(posting_id, request), options);
}

SingleResponse<AsyncIngestResponse> Client::ingestCandidatesBulkAsync(
    std::string_view posting_id, const BulkCandidateIngestRequest& request,
    const RequestOptions& options) const {
  return impl_->executor.call<SingleResponse<AsyncIngestResponse>>(
      kIngestCandidatesBulkAsync, argumentsOf(posting_id, request), options);
}

namespace {

/// Loads a page for a range: given up when the caller cancels, and when the range no longer wants
/// it.
CandidateWindowLoader pageLoader(Client client, std::string_view posting_id,
                                 RequestOptions options) {
  return
      [client = std::move(client), posting = std::string(posting_id), options = std::move(options)](
          const ListCandidatesParams& params, const CancellationToken& cancellation) {
        CancellationSource either;
        const auto cancel = [&either] { either.cancel(); };
        const CancellationCallback by_caller(options.cancellation, cancel);
        const CancellationCallback by_range(cancellation, cancel);
        RequestOptions page_options = options;
        page_options.cancellation = either.token();
        return client.listCandidates(posting, params, page_options);
      };
}

void checkList(std::string_view posting_id, ListCandidatesParams& params,
               const RequestOptions& options) {
  checkPostingId(posting_id);
  check(params);
  check(options);
  params.limit = params.limit.value_or(kMaxPageSize);
}

}  // namespace

CandidateRange Client::listAllCandidates(std::string_view posting_id, ListCandidatesParams params,
                                         RequestOptions options) const {
  checkList(posting_id, params, options);
  return {pageLoader(*this, posting_id, std::move(options)), std::move(params)};
}

CandidateRange Client::listAllCandidatesInParallel(std::string_view posting_id, std::size_t at_once,
                                                   ListCandidatesParams params,
                                                   RequestOptions options) const {
  checkList(posting_id, params, options);
  if (at_once > 1) {
    at_once = (std::max)(std::size_t{1}, (std::min)(at_once, impl_->max_connections));
  }
  return {pageLoader(*this, posting_id, std::move(options)), std::move(params), at_once};
}

std::vector<CandidateResponse> Client::waitForCandidates(std::string_view posting_id,
                                                         const std::vector<std::string>& keys,
                                                         const CandidatePredicate& state,
                                                         const WaitOptions& how,
                                                         const RequestOptions& options) const {
  checkPostingId(posting_id);
  check(options);
  return detail::waitForCandidates(
      [&](const ListCandidatesParams& params, const RequestOptions& request) {
        return listCandidates(posting_id, params, request);
      },
      clock(),
      keys,
      state,
      how,
      options);
}

CandidateResponse Client::waitForCandidate(std::string_view posting_id, const std::string& key,
                                           const CandidatePredicate& state, const WaitOptions& how,
                                           const RequestOptions& options) const {
  return waitForCandidates(posting_id, {key}, state, how, options).front();
}

Clock& Client::clock() const noexcept { return *impl_->executor.environment().clock; }

std::shared_ptr<Transport> makeTransport(const ClientOptions& options) {
  return makeCurlTransport({options.max_connections, options.tls, options.proxy});
}

}  // namespace heymilo
