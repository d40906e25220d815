#pragma once

#include <optional>
#include <string>

namespace heymilo {

/// A proxy, with the data that an error may name: no user name, password or path.
struct ProxyInUse {
  std::string named_by{};  ///< the environment variable, or `proxy` for the option
  std::string endpoint{};  ///< host and port; empty if the text is not a proxy's URL
  bool tls = false;        ///< an https proxy
  bool http = false;       ///< an http or https proxy, not a socks proxy

  /// Whether the text is the URL of an http or socks proxy, without a part that is probably a
  /// fragment of a password, and with a user name and password that libcurl can decode.
  bool usable() const noexcept { return !endpoint.empty(); }
};

/// The error message for a proxy that is not usable().
inline constexpr char kNotAProxyUrl[] =
    "is not the URL of an http or socks proxy (percent-encode special characters such as # in a "
    "password; control characters are not allowed)";

/// The parts of a proxy's URL, as libcurl parses it.
ProxyInUse readProxy(std::string named_by, const std::string& url);

/// The proxy that libcurl uses for a request to `url`: the option's or, if that is unset, the
/// environment's, by the rules of libcurl. Empty without a proxy. For error messages, and to refuse
/// an unusable proxy: libcurl itself makes the decision.
std::optional<ProxyInUse> proxyInUse(const std::string& url,
                                     const std::optional<std::string>& option);

/// Whether `exceptions`, the text of no_proxy, contains the host, which is without brackets.
bool isException(const std::string& host, const std::string& exceptions);

}  // namespace heymilo
