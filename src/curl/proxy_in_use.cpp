#include "curl/proxy_in_use.hpp"

#include <curl/curl.h>
#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/ascii.hpp"

namespace heymilo {

namespace {

/// A URL as libcurl parses it.
class ParsedUrl {
 public:
  ParsedUrl(const std::string& text, unsigned flags)
      : url_(curl_url(), &curl_url_cleanup),
        valid_(url_ && curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), flags) == CURLUE_OK) {}

  bool valid() const noexcept { return valid_; }
  /// Whether the part is missing, or libcurl can decode it: libcurl refuses control characters.
  bool decodable(CURLUPart name, CURLUcode missing) const {
    char* text = nullptr;
    const CURLUcode code = curl_url_get(url_.get(), name, &text, CURLU_URLDECODE);
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
    return code == CURLUE_OK || code == missing;
  }
  std::string part(CURLUPart name, unsigned flags = 0) const {
    char* text = nullptr;
    if (!valid_ || curl_url_get(url_.get(), name, &text, flags) != CURLUE_OK) {
      return {};
    }
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
    return text;
  }

 private:
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_;
  const bool valid_;
};

/// The variables that name a proxy. Not HTTP_PROXY: in a CGI program, that is a header of the
/// request being served.
constexpr std::array kVariables{
    "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

/// Whether one of the variables is set. It is asked before each request: one pass over the
/// environment instead of five.
bool isProxyNamed() noexcept {
#ifdef __linux__
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const char* const begin = *variable;
    constexpr int kCase = 0x20;  // of a letter
    const int first = begin[0] | kCase;
    if ((first != 'h' && first != 'a') || (begin[1] | kCase) < 'l') {
      continue;  // not ht... or al...: most are not looked at any further
    }
    for (const std::string_view name : kVariables) {
      if (std::strncmp(*variable, name.data(), name.size()) == 0 &&
          (*variable)[name.size()] == '=') {
        return true;
      }
    }
  }
  return false;
#else
  return std::any_of(kVariables.begin(), kVariables.end(), [](const char* name) {
    return std::getenv(name) != nullptr;  // NOLINT(concurrency-mt-unsafe)
  });
#endif
}

/// The value of the variable; an empty one counts as unset.
std::optional<std::string> environmentVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

/// The first of the variables that is set, and its name.
std::optional<std::pair<std::string, std::string>> firstOf(
    std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (auto value = environmentVariable(name)) {
      return std::pair<std::string, std::string>(name, *std::move(value));
    }
  }
  return std::nullopt;
}

/// An IP address as bytes, and their number; 0 if the text is not an IP address.
struct Address {
  std::array<unsigned char, 16> bytes{};
  unsigned size = 0;
};

Address addressOf(const std::string& text) {
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) {
    address.size = 4;
  } else if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) {
    address.size = 16;
  }
  return address;
}

/// Whether the first `bits` of both are equal.
bool sameNetwork(const Address& a, const Address& b, unsigned bits) {
  if (a.size == 0 || a.size != b.size || bits > a.size * 8) {
    return false;
  }
  for (unsigned bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if ((a.bytes[bit / 8] & mask) != (b.bytes[bit / 8] & mask)) {
      return false;
    }
  }
  return true;
}

bool isInNetwork(const std::string& host, std::string_view network) {
  const std::size_t slash = network.find('/');
  const Address of_network = addressOf(std::string(network.substr(0, slash)));
  unsigned bits = of_network.size * 8;
  if (slash != std::string_view::npos) {
    const char* const end = network.data() + network.size();
    const auto [read_to, error] = std::from_chars(network.data() + slash + 1, end, bits);
    if (error != std::errc() || read_to != end) {
      return false;
    }
  }
  return sameNetwork(addressOf(host), of_network, bits);
}

/// The domain itself, or a name in it.
bool isInDomain(std::string_view host, std::string_view domain) {
  if (domain.empty() || host.size() < domain.size()) {
    return false;
  }
  const std::size_t rest = host.size() - domain.size();
  return ascii::equalIgnoringCase(host.substr(rest), domain) &&
         (rest == 0 || host[rest - 1] == '.');
}

}  // namespace

bool isException(const std::string& host, const std::string& exceptions) {
  constexpr const char* kSeparators = ", \t";
  if (exceptions == "*") {
    return true;
  }
  const bool is_address = addressOf(host).size != 0;
  std::string_view name = host;
  if (!name.empty() && name.back() == '.') {
    name.remove_suffix(1);
  }
  std::string_view rest = exceptions;
  while (!rest.empty()) {
    std::string_view entry = rest.substr(0, rest.find_first_of(kSeparators));
    rest.remove_prefix((std::min)(rest.size(), entry.size() + 1));
    if (is_address) {
      if (entry.size() > 1 && entry.front() == '[' && entry.back() == ']') {
        entry = entry.substr(1, entry.size() - 2);
      }
      if (isInNetwork(host, entry)) {
        return true;
      }
      continue;
    }
    if (!entry.empty() && entry.front() == '.') {
      entry.remove_prefix(1);
    }
    if (!entry.empty() && entry.back() == '.') {
      entry.remove_suffix(1);
    }
    if (isInDomain(name, entry)) {
      return true;
    }
  }
  return false;
}

ProxyInUse readProxy(std::string named_by, const std::string& url) {
  ProxyInUse proxy;
  proxy.named_by = std::move(named_by);
  const ParsedUrl parsed(url, CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME);
  const std::string scheme = parsed.part(CURLUPART_SCHEME);
  constexpr std::string_view kSchemes[] = {
      "http", "https", "socks4", "socks4a", "socks5", "socks5h"};
  const bool known =
      std::any_of(std::begin(kSchemes), std::end(kSchemes), [&](std::string_view one) {
        return ascii::equalIgnoringCase(one, scheme);
      });
  // A '#', '?' or '/' in a password ends the host before it: the remainder is not a path.
  bool whole = true;
  for (const CURLUPart part : {CURLUPART_PATH, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    whole = whole && parsed.part(part).find('@') == std::string::npos;
  }
  if (!parsed.valid() || !known || !whole) {
    return proxy;
  }
  // libcurl ignores a proxy with an undecodable user name or password, without an error.
  if (!parsed.decodable(CURLUPART_USER, CURLUE_NO_USER) ||
      !parsed.decodable(CURLUPART_PASSWORD, CURLUE_NO_PASSWORD)) {
    return proxy;
  }
  proxy.tls = ascii::equalIgnoringCase(scheme, "https");
  proxy.http = proxy.tls || ascii::equalIgnoringCase(scheme, "http");
  const std::string port = parsed.part(CURLUPART_PORT);
  proxy.endpoint = parsed.part(CURLUPART_HOST) + ':' +
                   (!port.empty() ? port
                    : proxy.tls   ? "443"
                                  : "1080");
  return proxy;
}

std::optional<ProxyInUse> proxyInUse(const std::string& url,
                                     const std::optional<std::string>& option) {
  if (option) {
    return option->empty() ? std::nullopt : std::optional(readProxy("proxy", *option));
  }
  if (!isProxyNamed()) {
    return std::nullopt;
  }
  const ParsedUrl parsed(url, 0);
  const auto named = ascii::equalIgnoringCase(parsed.part(CURLUPART_SCHEME), "http")
                         ? firstOf({"http_proxy", "all_proxy", "ALL_PROXY"})
                         : firstOf({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  if (!named) {
    return std::nullopt;
  }
  std::string host = parsed.part(CURLUPART_HOST);
  if (host.size() > 1 && host.front() == '[') {
    host = host.substr(1, host.size() - 2);
  }
  const auto exceptions = firstOf({"no_proxy", "NO_PROXY"});
  if (exceptions && isException(host, exceptions->second)) {
    return std::nullopt;
  }
  return readProxy(named->first, named->second);
}

}  // namespace heymilo
