#include "curl/curl_handle.hpp"

namespace heymilo {

namespace {

// Upper bound of a wait; what matters ends it: sockets, timers, lookups and cancellation.
constexpr int kLongestPollMs = 1000;

}  // namespace

CurlHandle::CurlHandle() {
  // Of the connections that transfers leave behind, one after the other, the latest.
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 1L);
}

TransferResult CurlHandle::perform(Transfer& transfer, const CancellationToken& cancellation) {
  const CancellationCallback wake_up(cancellation, [this] { curl_multi_wakeup(multi_.get()); });
  if (const CURLMcode code = curl_multi_add_handle(multi_.get(), easy_.get())) {
    return broken(code);
  }
  TransferResult result = run(cancellation);
  if (transfer.turned_away) {
    result = runAgain(transfer, cancellation);
  }
  transfer.end(result);
  curl_multi_remove_handle(multi_.get(), easy_.get());
  // Where a transfer ends before its connection is made, libcurl 7.88 leaves a buffer in the easy
  // handle, and then refuses CURLOPT_BUFFERSIZE. There is no connection worth keeping either.
  usable_ = usable_ && result.code == CURLE_OK && transfer.keepsConnection(result);
  return result;
}

TransferResult CurlHandle::run(const CancellationToken& cancellation) {
  while (!cancellation.cancelled()) {
    int running = 0;
    if (const CURLMcode code = curl_multi_perform(multi_.get(), &running)) {
      return broken(code);
    }
    int queued = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &queued)) {
      if (message->msg == CURLMSG_DONE) {
        return {message->data.result, false};
      }
    }
    if (const CURLMcode code = curl_multi_poll(multi_.get(), nullptr, 0, kLongestPollMs, nullptr)) {
      return broken(code);
    }
  }
  return {CURLE_OK, true};
}

/// Nothing of it was sent: libcurl had chosen a connection that is over.
TransferResult CurlHandle::runAgain(Transfer& transfer, const CancellationToken& cancellation) {
  curl_multi_remove_handle(multi_.get(), easy_.get());
  if (const CURLcode code = transfer.prepareAgain()) {
    return {code, false};
  }
  if (const CURLMcode code = curl_multi_add_handle(multi_.get(), easy_.get())) {
    return broken(code);
  }
  return run(cancellation);
}

TransferResult CurlHandle::broken(CURLMcode code) noexcept {
  usable_ = false;
  return {transferCode(code), false};
}

}  // namespace heymilo
