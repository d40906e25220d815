#include "curl/curl_transport.hpp"

#include <memory>
#include <utility>

#include "base/per_process.hpp"
#include "curl/curl_error.hpp"
#include "curl/curl_handle.hpp"
#include "curl/easy_handle.hpp"
#include "curl/handle_pool.hpp"
#include "curl/sigpipe_guard.hpp"
#include "curl/transfer.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options)
      : options_(std::move(options)), pool_([capacity = options_.max_connections] {
          return std::make_unique<HandlePool>(capacity);
        }) {}
  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override;

 private:
  const CurlOptions options_;
  /// A child of fork() starts without connections: a request on one of its parent's would be mixed
  /// with the parent's, and a TLS shutdown would end it for both.
  PerProcess<HandlePool> pool_;
};

HttpResponse CurlTransport::send(const HttpRequest& request,
                                 const CancellationToken& cancellation) {
  const SigpipeGuard guard;
  const HandlePool::Lease handle = pool_->take();
  Transfer transfer(request, handle->sockets());
  transfer.proxy = options_.proxy;
  handle->prepare(transfer, options_);
  const TransferResult result = handle->perform(transfer, cancellation);
  return responseOf(handle->easy(), transfer, result);
}

}  // namespace

/// curl_global_cleanup() is never called. libcurl counts its users, and the last cleanup would
/// release state that a host that never called curl_global_init() relies on. The remaining memory
/// is small and reachable.
void initializeLibcurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) {
    throw TransportError("libcurl initialization failed", Outcome::not_sent);
  }
}

bool canTrustFolders() {
  initializeLibcurl();
  const EasyHandle handle;
  return curl_easy_setopt(handle.get(), CURLOPT_CAPATH, static_cast<const char*>(nullptr)) ==
         CURLE_OK;
}

std::shared_ptr<Transport> makeCurlTransport(const CurlOptions& options) {
  check(options);
  initializeLibcurl();
  return std::make_shared<CurlTransport>(options);
}

}  // namespace heymilo
