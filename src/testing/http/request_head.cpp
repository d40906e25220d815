#include "testing/http/request_head.hpp"

#include <algorithm>
#include <string>

namespace heymilo::testing::detail {

namespace {

// Takes what comes before the separator off the front of `rest`, and the separator.
std::string_view takeUntil(std::string_view& rest, std::string_view separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + separator.size(), rest.size()));
  return taken;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

}  // namespace

RecordedRequest parseRequestHead(std::string_view bytes) {
  RecordedRequest request;
  std::string_view line = takeUntil(bytes, "\r\n");
  request.method = takeUntil(line, " ");
  std::string_view target = takeUntil(line, " ");
  request.path = takeUntil(target, "?");
  request.query = target;
  while (!bytes.empty()) {
    line = takeUntil(bytes, "\r\n");
    if (!line.empty()) {
      const std::string_view name = takeUntil(line, ":");
      request.headers.emplace_back(name, trimmed(line));
    }
  }
  return request;
}

}  // namespace heymilo::testing::detail
