#include "curl/curl_transport.hpp"

#include <atomic>
#include <utility>

#ifndef _WIN32
#include <unistd.h>
#endif

#include "curl/curl_error.hpp"
#include "curl/curl_handle.hpp"
#include "curl/handle_pool.hpp"
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
  configure(*handle, options_, request.idempotent);
  Transfer transfer(request);
  transfer.prepare(*handle);
  const CurlHandle::Result result = handle->perform(cancellation);
  if (result.cancelled || result.code != CURLE_OK || !transfer.response.headersComplete()) {
    throwTransportError(*handle, transfer, result);
  }
  return transfer.response.take();
}

}  // namespace

std::shared_ptr<Transport> makeCurlTransport(const CurlOptions& options) {
  check(options);
  initializeLibcurl();
  return std::make_shared<CurlTransport>(options);
}

}  // namespace heymilo
