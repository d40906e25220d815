#include "curl/curl_handle.hpp"

namespace heymilo {

namespace {

// Upper bound of a wait; sockets, timers, DNS lookups and cancellation end it earlier.
constexpr int kLongestWaitMs = 1000;

}  // namespace

CurlHandle::CurlHandle() {
  // Keeps the latest of the connections that successive transfers leave open.
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 1L);
}

/// Setting all options for each request would cost as much as half of the rest of it.
void CurlHandle::prepare(Transfer& transfer, const CurlOptions& options) {
  if (!configured_) {
    easy_.reset();
    configure(easy_, options);
    sockets_.attach(easy_);
    Transfer::attach(easy_);
    configured_ = true;
  }
  transfer.prepare(easy_, header_lines_);
}

// Everything else that points to a transfer is only used by the next one, which sets it.
void CurlHandle::rest() noexcept {
  static_cast<void>(
      curl_easy_setopt(easy_.get(), CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr)));
}

TransferResult CurlHandle::perform(Transfer& transfer, const CancellationToken& cancellation) {
  const CancellationCallback wake_up(cancellation, [this] { curl_multi_wakeup(multi_.get()); });
  if (const CURLMcode code = curl_multi_add_handle(multi_.get(), easy_.get())) {
    return broken(code);
  }
  TransferResult result = run(cancellation);
  if (transfer.turned_away) {
    configured_ = false;  // it is to connect anew, once
    result = runAgain(transfer, cancellation);
  }
  transfer.end(result);
  curl_multi_remove_handle(multi_.get(), easy_.get());
  // If a transfer ends before it is connected, libcurl 7.88 leaves a buffer in the easy handle, and
  // then refuses CURLOPT_BUFFERSIZE. There is no connection worth keeping either.
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
    if (const CURLMcode code = curl_multi_poll(multi_.get(), nullptr, 0, kLongestWaitMs, nullptr)) {
      return broken(code);
    }
  }
  return {CURLE_OK, true};
}

/// Nothing was sent: libcurl had chosen a connection that is closed.
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
