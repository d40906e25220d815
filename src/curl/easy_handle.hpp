#pragma once

#include <curl/curl.h>

#include <type_traits>

namespace heymilo {

/// The result of a transfer.
struct TransferResult {
  CURLcode code;
  bool cancelled;  ///< cancelled; `code` has no meaning
};

/// An easy handle: the options of one transfer, and libcurl's information about it. Not
/// thread-safe.
class EasyHandle {
 public:
  /// Throws TransportError (not_sent) if libcurl is out of memory.
  EasyHandle();
  ~EasyHandle() { curl_easy_cleanup(easy_); }
  EasyHandle(const EasyHandle&) = delete;
  EasyHandle& operator=(const EasyHandle&) = delete;

  /// Resets all options to libcurl's defaults, and the information about the latest transfer.
  void reset() noexcept { curl_easy_reset(easy_); }

  /// Sets an option. Throws TransportError (not_sent), which names the option, if libcurl refuses
  /// it.
  template <class Value>
  void set(CURLoption option, Value value) {
    checkOption(option, setOption(option, value));
  }
  /// As set(), but ignores an option, or HTTP/2, that this build of libcurl does not support.
  template <class Value>
  void setWhereKnown(CURLoption option, Value value) {
    const CURLcode code = setOption(option, value);
    if (code != CURLE_UNKNOWN_OPTION && code != CURLE_NOT_BUILT_IN &&
        code != CURLE_UNSUPPORTED_PROTOCOL) {
      checkOption(option, code);
    }
  }

  /// libcurl's information about the latest transfer; 0 if it is not available.
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
