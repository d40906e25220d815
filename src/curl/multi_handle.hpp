#pragma once

#include <curl/curl.h>

#include "heymilo/errors.hpp"

namespace heymilo {

/// A multi handle: runs transfers and keeps their connections open. Must outlive the easy handles
/// that are in it. The destructor closes the connections, for which TLS writes to them: not in a
/// process that has inherited them, and under a SigpipeGuard.
class MultiHandle {
 public:
  /// Throws TransportError (not_sent) where libcurl has no memory.
  MultiHandle() : multi_(curl_multi_init()) {
    if (multi_ == nullptr) {
      throw TransportError("libcurl has no memory for a handle", Outcome::not_sent);
    }
#if CURL_AT_LEAST_VERSION(8, 20, 0) && !defined(_WIN32)
    // A name lookup can't be interrupted. The threads for them are the multi handle's from then on
    // (CURLOPT_QUICK_EXIT before), and its end waits for none of them.
    curl_multi_setopt(multi_, CURLMOPT_QUICK_EXIT, 1L);
#endif
  }
  ~MultiHandle() { curl_multi_cleanup(multi_); }
  MultiHandle(const MultiHandle&) = delete;
  MultiHandle& operator=(const MultiHandle&) = delete;

  CURLM* get() const noexcept { return multi_; }

 private:
  CURLM* multi_;
};

/// What a failure of the multi handle itself is to a transfer.
inline CURLcode transferCode(CURLMcode code) noexcept {
  return code == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT;
}

}  // namespace heymilo
