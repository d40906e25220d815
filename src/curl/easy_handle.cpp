#include "curl/easy_handle.hpp"

#include <string>

#include "heymilo/errors.hpp"

namespace heymilo {

EasyHandle::EasyHandle() : easy_(curl_easy_init()) {
  if (easy_ == nullptr) {
    throw TransportError("out of memory: libcurl handle", Outcome::not_sent);
  }
}

void EasyHandle::checkOption(CURLoption option, CURLcode code) {
  if (code == CURLE_OK) {
    return;
  }
  const curl_easyoption* known = curl_easy_option_by_id(option);
  std::string message = "libcurl " + std::string(curl_version_info(CURLVERSION_NOW)->version) +
                        " does not support the option ";
  message += known != nullptr ? known->name : std::to_string(option);
  throw TransportError(message + ": " + curl_easy_strerror(code), Outcome::not_sent);
}

long EasyHandle::info(CURLINFO name) const noexcept {
  long value = 0;
  return curl_easy_getinfo(easy_, name, &value) == CURLE_OK ? value : 0;
}

}  // namespace heymilo
