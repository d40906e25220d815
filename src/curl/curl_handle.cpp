#include "curl/curl_handle.hpp"

#include <string>

#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

// Upper bound of a wait; what matters ends it: sockets, timers, look-ups and cancellation.
constexpr int kLongestPollMs = 1000;

}  // namespace

CurlHandle::CurlHandle() : multi_(curl_multi_init()), easy_(curl_easy_init()) {
  if (multi_ == nullptr || easy_ == nullptr) {
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
    throw TransportError("libcurl has no memory for a handle", Outcome::not_sent);
  }
  // Of the connections that transfers leave behind, one after the other, the latest.
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
}

CurlHandle::~CurlHandle() {
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

void CurlHandle::reset() noexcept { curl_easy_reset(easy_); }

void CurlHandle::checkOption(CURLoption option, CURLcode code) {
  if (code == CURLE_OK) {
    return;
  }
  const curl_easyoption* known = curl_easy_option_by_id(option);
  std::string message = "libcurl " + std::string(curl_version_info(CURLVERSION_NOW)->version) +
                        " does not take the option ";
  message += known != nullptr ? known->name : std::to_string(option);
  throw TransportError(message + ": " + curl_easy_strerror(code), Outcome::not_sent);
}

CurlHandle::Result CurlHandle::perform(const CancellationToken& cancellation) {
  const CancellationCallback wake_up(cancellation, [this] { curl_multi_wakeup(multi_); });
  if (const CURLMcode code = curl_multi_add_handle(multi_, easy_)) {
    return broken(code);
  }
  const Result result = run(cancellation);
  curl_multi_remove_handle(multi_, easy_);
  // Where a transfer ends before its connection is made, libcurl 7.88 leaves a buffer in the easy
  // handle, and then refuses CURLOPT_BUFFERSIZE. There is no connection worth keeping either.
  usable_ = usable_ && result.code == CURLE_OK && !result.cancelled;
  return result;
}

CurlHandle::Result CurlHandle::run(const CancellationToken& cancellation) {
  while (!cancellation.cancelled()) {
    int running = 0;
    if (const CURLMcode code = curl_multi_perform(multi_, &running)) {
      return broken(code);
    }
    int queued = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &queued)) {
      if (message->msg == CURLMSG_DONE) {
        return {message->data.result, false};
      }
    }
    if (const CURLMcode code = curl_multi_poll(multi_, nullptr, 0, kLongestPollMs, nullptr)) {
      return broken(code);
    }
  }
  return {CURLE_OK, true};
}

CurlHandle::Result CurlHandle::broken(CURLMcode code) noexcept {
  usable_ = false;
  return {code == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT, false};
}

long CurlHandle::info(CURLINFO name) const noexcept {
  long value = 0;
  return curl_easy_getinfo(easy_, name, &value) == CURLE_OK ? value : 0;
}

}  // namespace heymilo
