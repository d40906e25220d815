#pragma once

#include <optional>
#include <string>

namespace heymilo {

/// A proxy, as far as an error may name it: nothing of its user name, password or path is here.
struct ProxyInUse {
  std::string named_by{};  ///< the environment variable, or `proxy` for the option
  std::string endpoint{};  ///< host and port; empty where the text is not a proxy's URL
  bool tls = false;        ///< an https proxy
  bool http = false;       ///< an http or https proxy, not a socks proxy

  /// Whether the text is the URL of an http or socks proxy, without anything that is probably a
  /// part of a password, and with a user name and password that libcurl can decode.
  bool usable() const noexcept { return !endpoint.empty(); }
};

/// What is wrong with a proxy that is not usable().
inline constexpr char kNotAProxyUrl[] =
    "is not the URL of an http or socks proxy (what a URL can't hold, such as # in a password, "
    "must "
    "be percent-encoded; control characters can't be used)";

/// What a proxy's URL says, as libcurl reads it.
ProxyInUse readProxy(std::string named_by, const std::string& url);

/// The proxy that libcurl takes for a request to `url`: the one of the option or, where that is
/// unset, the environment's, by the rules of libcurl. Nothing where it goes without one. To tell of
/// a failure, and to refuse a proxy that is not usable: it is libcurl itself that decides.
std::optional<ProxyInUse> proxyInUse(const std::string& url,
                                     const std::optional<std::string>& option);

/// Whether `exceptions`, the text of no_proxy, has the host, which is without brackets.
bool isException(const std::string& host, const std::string& exceptions);

}  // namespace heymilo
