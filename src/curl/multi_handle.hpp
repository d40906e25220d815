#pragma once

#include <curl/curl.h>

#include "heymilo/errors.hpp"

namespace heymilo {

/// A multi handle: runs transfers and keeps their connections open. Must outlive the easy handles
/// that are in it. The destructor closes the connections, and TLS writes to them: it needs a
/// SigpipeGuard, and must not run in a process that has inherited the connections.
class MultiHandle {
 public:
  /// Throws TransportError (not_sent) if libcurl is out of memory.
  MultiHandle() : multi_(curl_multi_init()) {
    if (multi_ == nullptr) {
      throw TransportError("out of memory: libcurl handle", Outcome::not_sent);
    }
#if CURL_AT_LEAST_VERSION(8, 20, 0) && !defined(_WIN32)
    // A DNS lookup can't be interrupted. From this version on, the lookup threads belong to the
    // multi handle (before: CURLOPT_QUICK_EXIT), and its cleanup waits for none of them.
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

/// The effect on a transfer of a failure of the multi handle itself.
inline CURLcode transferCode(CURLMcode code) noexcept {
  return code == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT;
}

}  // namespace heymilo
