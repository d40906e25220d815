#include "curl/curl_transport.hpp"

#include <atomic>
#include <utility>

#ifndef _WIN32
#include <unistd.h>
#endif

#include "curl/curl_error.hpp"
#include "curl/curl_handle.hpp"
#include "curl/handle_pool.hpp"
#include "curl/idle_limits.hpp"
#include "curl/sigpipe_guard.hpp"
#include "curl/transfer.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

long processId() noexcept {
#ifdef _WIN32
  return 0;  // where there is no fork()
#else
  return getpid();
#endif
}

/// libcurl counts its users, and its last one's curl_global_cleanup() takes away what a host that
/// never called curl_global_init() relies on. So there is none: what stays is small, and reachable.
void initializeLibcurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) {
    throw TransportError("libcurl can't be initialized", Outcome::not_sent);
  }
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options);
  ~CurlTransport() override;
  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override;

 private:
  /// The pool, and the process that its connections belong to.
  struct Pool {
    explicit Pool(std::size_t capacity) : handles(capacity) {}

    const long process = processId();
    HandlePool handles;
  };

  HandlePool& handles();
  void configure(CurlHandle& handle, bool idempotent) const;

  const CurlOptions options_;
  std::atomic<Pool*> pool_;
};

CurlTransport::CurlTransport(CurlOptions options)
    : options_(std::move(options)), pool_(new Pool(options_.max_connections)) {}

CurlTransport::~CurlTransport() {
  const SigpipeGuard guard;
  Pool* pool = pool_.load();
  if (pool->process == processId()) {
    delete pool;
  }
}

/// A child of fork() leaves its parent's connections alone, for good: a request on one would be
/// mixed with the parent's, a TLS goodbye would end it for both, and a lock in the pool may be held
/// by a thread that the child does not have. It starts with none.
HandlePool& CurlTransport::handles() {
  Pool* pool = pool_.load();
  if (pool->process != processId()) {
    auto fresh = std::make_unique<Pool>(options_.max_connections);
    if (pool_.compare_exchange_strong(pool, fresh.get())) {
      pool = fresh.release();
    }
  }
  return pool->handles;
}

HttpResponse CurlTransport::send(const HttpRequest& request,
                                 const CancellationToken& cancellation) {
  const SigpipeGuard guard;
  const HandlePool::Lease handle = handles().take();
  handle->reset();
  configure(*handle, request.idempotent);
  Transfer transfer(request);
  transfer.prepare(*handle);
  const CurlHandle::Result result = handle->perform(cancellation);
  if (result.cancelled || result.code != CURLE_OK || !transfer.response.headersComplete()) {
    throwTransportError(*handle, transfer, result);
  }
  return transfer.response.take();
}

/// What is the same for all requests of this transport, or all of a kind.
void CurlTransport::configure(CurlHandle& handle, bool idempotent) const {
  handle.set(CURLOPT_NOSIGNAL, 1L);
#if CURL_AT_LEAST_VERSION(7, 85, 0)
  handle.set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  handle.set(CURLOPT_PROTOCOLS, long{CURLPROTO_HTTP | CURLPROTO_HTTPS});
#endif
  handle.set(CURLOPT_FOLLOWLOCATION, 0L);  // X-API-KEY would go along, to any host
  handle.set(CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
  handle.set(CURLOPT_HTTP09_ALLOWED, 0L);
  handle.setWhereKnown(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
  handle.set(CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl can undo
  handle.set(CURLOPT_BUFFERSIZE, 256L << 10);
  handle.set(CURLOPT_TCP_NODELAY, 1L);
  handle.set(CURLOPT_MAXAGE_CONN,
             static_cast<long>((idempotent ? kLongestIdle : kLongestIdleForWrites).count()));
#if CURL_AT_LEAST_VERSION(7, 87, 0) && !defined(_WIN32)
  // A name look-up can't be interrupted. Without this, ending a transfer waits for the thread that
  // does it; with it, the thread ends by itself once the look-up does.
  handle.setWhereKnown(CURLOPT_QUICK_EXIT, 1L);
#endif

  handle.set(CURLOPT_SSL_VERIFYPEER, 1L);
  handle.set(CURLOPT_SSL_VERIFYHOST, 2L);
  handle.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (options_.tls.ca_file) {
    handle.set(CURLOPT_CAINFO, options_.tls.ca_file->c_str());
    handle.setWhereKnown(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (options_.tls.client_cert_file) {
    handle.set(CURLOPT_SSLCERT, options_.tls.client_cert_file->c_str());
    const auto& key_file =
        options_.tls.client_key_file ? options_.tls.client_key_file : options_.tls.client_cert_file;
    handle.set(CURLOPT_SSLKEY, key_file->c_str());
    handle.set(CURLOPT_KEYPASSWD, "");  // or OpenSSL asks on the terminal
  }

  handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  handle.set(CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});  // the proxy gets none of the request's
  if (options_.proxy) {
    handle.set(CURLOPT_PROXY, options_.proxy->c_str());
    handle.set(CURLOPT_NOPROXY, "");  // or the environment's exceptions apply
  }
}

void checkText(const char* param, const std::optional<std::string>& text) {
  if (text && text->find('\0') != std::string::npos) {
    throw InvalidArgumentError(param, "must not hold a zero byte");
  }
}

void checkProxy(const std::optional<std::string>& proxy) {
  checkText("proxy", proxy);
  if (!proxy || proxy->empty()) {
    return;
  }
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  constexpr unsigned kFlags = CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME;
  if (!url || curl_url_set(url.get(), CURLUPART_URL, proxy->c_str(), kFlags) != CURLUE_OK) {
    throw InvalidArgumentError("proxy", "is not a URL");
  }
}

}  // namespace

std::shared_ptr<Transport> makeCurlTransport(const CurlOptions& options) {
  checkProxy(options.proxy);
  checkText("tls.ca_file", options.tls.ca_file);
  checkText("tls.client_cert_file", options.tls.client_cert_file);
  checkText("tls.client_key_file", options.tls.client_key_file);
  initializeLibcurl();
  return std::make_shared<CurlTransport>(options);
}

}  // namespace heymilo
