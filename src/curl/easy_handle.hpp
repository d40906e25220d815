#pragma once

#include <curl/curl.h>

#include <type_traits>

namespace heymilo {

/// What became of a transfer.
struct TransferResult {
  CURLcode code;
  bool cancelled;  ///< it was given up, and `code` says nothing
};

/// An easy handle: the options of one transfer, and what libcurl knows of it. For one thread at a
/// time.
class EasyHandle {
 public:
  /// Throws TransportError (not_sent) where libcurl has no memory.
  EasyHandle();
  ~EasyHandle() { curl_easy_cleanup(easy_); }
  EasyHandle(const EasyHandle&) = delete;
  EasyHandle& operator=(const EasyHandle&) = delete;

  /// Puts all options back to libcurl's defaults, and forgets what was sent.
  void reset() noexcept { curl_easy_reset(easy_); }

  /// Sets an option. Throws TransportError (not_sent), which names it, where libcurl refuses.
  template <class Value>
  void set(CURLoption option, Value value) {
    checkOption(option, setOption(option, value));
  }
  /// As set(), but what this libcurl does not have is left out: the option, or HTTP/2, without
  /// which many are built.
  template <class Value>
  void setWhereKnown(CURLoption option, Value value) {
    const CURLcode code = setOption(option, value);
    if (code != CURLE_UNKNOWN_OPTION && code != CURLE_NOT_BUILT_IN &&
        code != CURLE_UNSUPPORTED_PROTOCOL) {
      checkOption(option, code);
    }
  }

  /// What libcurl knows of the latest transfer; 0 where it does not.
  long info(CURLINFO name) const noexcept;

  CURL* get() const noexcept { return easy_; }

 private:
  template <class Value>
  CURLcode setOption(CURLoption option, Value value) {
    static_assert(std::is_same_v<Value, long> || std::is_same_v<Value, curl_off_t> ||
                      std::is_pointer_v<Value>,
                  "libcurl takes what it gets as one of these, whatever its type");
    return curl_easy_setopt(easy_, option, value);
  }
  static void checkOption(CURLoption option, CURLcode code);

  CURL* easy_;
};

}  // namespace heymilo
