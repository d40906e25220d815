// A text as a base URL is refused, or is safe to extend; as a path segment it is one segment,
// whatever its contents.

#include <string>

#include "base/percent.hpp"
#include "call/base_url.hpp"
#include "fuzz/fuzz.hpp"
#include "heymilo/errors.hpp"

namespace {

int digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    check(i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0,
          "a percent sign begins two digits");
    plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return plain;
}

void tryAsBaseUrl(std::string_view text) {
  heymilo::BaseUrl url;
  try {
    url = heymilo::parseBaseUrl(text);
  } catch (const heymilo::InvalidArgumentError& error) {
    check(error.param() == "base_url", "the refusal names the option");
    return;
  }
  for (const char c : url.text) {
    check(c > ' ' && c < '\x7f', "a URL is of printable ASCII");
    check(std::string_view("?#\\\"<>^`{|}").find(c) == std::string_view::npos,
          "a base URL has no query and no fragment");
  }
  const std::size_t host = url.text.find("//") + 2;
  check(url.text.substr(host, url.text.find('/', host) - host).find('@') == std::string::npos,
        "a base URL has no user name");
  check(url.text.back() != '/', "no slash at the end");
  check(url.secure == (url.text.size() > 5 && (url.text[4] | 0x20) == 's'), "https is secure");
  const heymilo::BaseUrl again = heymilo::parseBaseUrl(url.text);
  check(again.text == url.text && again.secure == url.secure && again.loopback == url.loopback,
        "it stays as it is");
}

}  // namespace

void fuzzOne(std::string_view text) {
  tryAsBaseUrl(text);
  const std::string segment = heymilo::percentEncode(text);
  for (const char c : segment) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("-._~%").find(c) != std::string_view::npos;
    check(kept, "a segment holds nothing that means anything in a URL");
  }
  check(decoded(segment) == text, "a segment can be read back");
  std::string url;
  heymilo::appendQuery(url, "a", text);
  heymilo::appendQuery(url, "b", text);
  check(url == "?a=" + segment + "&b=" + segment, "a query is its pairs");
}
