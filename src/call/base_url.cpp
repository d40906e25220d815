#include "call/base_url.hpp"

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#endif

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

[[noreturn]] void refuse(const char* reason) { throw InvalidArgumentError("base_url", reason); }

// What a path holds beside percent-encoded bytes: RFC 3986, section 3.3.
bool isPathCharacter(char c) noexcept {
  constexpr std::string_view kOthers = "!$&'()*+,;=:@/";
  return isUnreserved(c) || kOthers.find(c) != std::string_view::npos;
}

/// Cuts off what stands before the first of `ends`, or all of it.
std::string_view takeUntil(std::string_view& rest, std::string_view ends) noexcept {
  const std::string_view taken = rest.substr(0, rest.find_first_of(ends));
  rest.remove_prefix(taken.size());
  return taken;
}

bool takeScheme(std::string_view& rest, std::string_view scheme) noexcept {
  if (!ascii::equalIgnoringCase(rest.substr(0, scheme.size()), scheme)) {
    return false;
  }
  rest.remove_prefix(scheme.size());
  return true;
}

bool isLoopbackIpv6(std::string_view address) {
  in6_addr parsed{};
  if (inet_pton(AF_INET6, std::string(address).c_str(), &parsed) != 1) {
    refuse("what its host has in brackets is not an IPv6 address");
  }
  const in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
  return std::equal(
      std::begin(parsed.s6_addr), std::end(parsed.s6_addr), std::begin(loopback.s6_addr));
}

/// As inet_pton reads it: four numbers. Shorter forms are another matter for each reader.
bool isLoopbackIpv4(std::string_view host) {
  in_addr parsed{};
  return inet_pton(AF_INET, std::string(host).c_str(), &parsed) == 1 &&
         ntohl(parsed.s_addr) >> 24 == 127;
}

bool isLoopbackName(std::string_view host) {
  if (host.empty()) {
    refuse("must have a host");
  }
  if (!std::all_of(host.begin(), host.end(), [](char c) { return isUnreserved(c) && c != '~'; })) {
    refuse("its host is not a name of ASCII letters, digits, '-' and '.', nor an address");
  }
  return ascii::equalIgnoringCase(host, "localhost") || isLoopbackIpv4(host);
}

void checkPort(std::string_view port) {
  int number = 0;
  const char* const end = port.data() + port.size();
  const auto [read_to, error] = std::from_chars(port.data(), end, number);
  if (error != std::errc() || read_to != end || number < 1 || number > 65535) {
    refuse("its port is not a number from 1 to 65535");
  }
}

/// Checks `host`, `host:port` or `[address]:port`, and tells whether that is this machine.
bool checkAuthority(std::string_view rest) {
  if (rest.find('@') != std::string_view::npos) {
    refuse("must not hold a user name or password");
  }
  bool loopback = false;
  if (!rest.empty() && rest.front() == '[') {
    rest.remove_prefix(1);
    loopback = isLoopbackIpv6(takeUntil(rest, "]"));
    if (rest.empty()) {
      refuse("its host has a bracket that is not closed");
    }
    rest.remove_prefix(1);
  } else {
    loopback = isLoopbackName(takeUntil(rest, ":"));
  }
  if (!rest.empty()) {
    if (rest.front() != ':') {
      refuse("its host is followed by something that is not a port");
    }
    checkPort(rest.substr(1));
  }
  return loopback;
}

void checkPath(std::string_view path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool encoded = path[i] == '%' && path.size() - i > 2 && ascii::isHexDigit(path[i + 1]) &&
                         ascii::isHexDigit(path[i + 2]);
    if (!encoded && !isPathCharacter(path[i])) {
      refuse("its path holds a character that must be percent-encoded");
    }
  }
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = takeUntil(path, "/");
    if (segment == "." || segment == "..") {
      refuse("its path must not hold a dot segment");
    }
  }
}

}  // namespace

BaseUrl parseBaseUrl(std::string_view text) {
  if (text.empty()) {
    text = "https://api.heymilo.ai";
  }
  BaseUrl url;
  std::string_view rest = text;
  url.secure = takeScheme(rest, "https://");
  if (!url.secure && !takeScheme(rest, "http://")) {
    refuse("must begin with https:// or http://");
  }
  if (std::any_of(rest.begin(), rest.end(), [](char c) {
        return ascii::isControl(c) || c == ' ' || c == '\\';
      })) {
    refuse("must not hold a space, a control character or a backslash");
  }
  if (rest.find_first_of("?#") != std::string_view::npos) {
    refuse("must not hold a query or a fragment");
  }
  url.loopback = checkAuthority(takeUntil(rest, "/"));
  checkPath(rest);
  text.remove_suffix(rest.size() - (rest.find_last_not_of('/') + 1));
  url.text = text;
  return url;
}

}  // namespace heymilo
