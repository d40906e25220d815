#pragma once

#include <string>
#include <string_view>

#include "base/percent.hpp"

namespace heymilo {

/// Where an API is reached.
struct BaseUrl {
  std::string text;       ///< scheme, host, port and path, as given, without a slash at the end
  bool secure = false;    ///< https
  bool loopback = false;  ///< the host is this machine: localhost, 127.0.0.0/8 or ::1
};

/// Checks a base URL: absolute, http or https, with a host, perhaps a port and a path; no user
/// name, query or fragment, nothing that a URL can't hold (RFC 3986). An empty text stands for
/// https://api.heymilo.ai. Throws
/// InvalidArgumentError("base_url", …), which quotes nothing of it.
BaseUrl parseBaseUrl(std::string_view text);

}  // namespace heymilo
