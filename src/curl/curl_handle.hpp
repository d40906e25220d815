#pragma once

#include <curl/curl.h>

#include <type_traits>

#include "heymilo/cancellation.hpp"

namespace heymilo {

/// A multi handle, which keeps a connection open, and the easy handle whose transfers it runs. For
/// one transfer at a time, on any thread. The destructor closes the connection, for which TLS
/// writes to it: not in a process that has inherited it, and under a SigpipeGuard.
class CurlHandle {
 public:
  /// Throws TransportError (not_sent) where libcurl has no memory.
  CurlHandle();
  ~CurlHandle();
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  /// Puts all options back to libcurl's defaults, and forgets what was sent; the connection stays
  /// open.
  void reset() noexcept;

  /// Sets an option. Throws TransportError (not_sent), which names it, where libcurl refuses.
  template <class Value>
  void set(CURLoption option, Value value) {
    checkOption(option, setOption(option, value));
  }
  /// As set(), but an option that this libcurl does not have is left out.
  template <class Value>
  void setWhereKnown(CURLoption option, Value value) {
    const CURLcode code = setOption(option, value);
    if (code != CURLE_UNKNOWN_OPTION && code != CURLE_NOT_BUILT_IN) {
      checkOption(option, code);
    }
  }

  struct Result {
    CURLcode code;
    bool cancelled;  ///< the transfer was given up, and `code` says nothing
  };
  /// Runs the transfer on this thread, to its end or until it is cancelled.
  Result perform(const CancellationToken& cancellation);

  /// What libcurl knows of the latest transfer; 0 where it does not.
  long info(CURLINFO name) const noexcept;

  /// Whether another transfer may follow: not after one that failed or was cancelled.
  bool usable() const noexcept { return usable_; }

 private:
  template <class Value>
  CURLcode setOption(CURLoption option, Value value) {
    static_assert(std::is_same_v<Value, long> || std::is_same_v<Value, curl_off_t> ||
                      std::is_pointer_v<Value>,
                  "libcurl takes what it gets as one of these, whatever its type");
    return curl_easy_setopt(easy_, option, value);
  }
  static void checkOption(CURLoption option, CURLcode code);
  Result run(const CancellationToken& cancellation);
  Result broken(CURLMcode code) noexcept;

  CURLM* multi_;
  CURL* easy_;
  bool usable_ = true;
};

}  // namespace heymilo
