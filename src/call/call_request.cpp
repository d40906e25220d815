#include "call/call_request.hpp"

#include <stdexcept>

#include "base/utf8.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

void CallRequest::addQuery(std::string_view name, std::string_view value) {
  appendQuery(http.url, name, value);
}

void CallRequest::addIdQuery(std::string_view name, std::string_view value) {
  addQuery(name, {});
  appendId(value);
}

void CallRequest::appendId(std::string_view value) {
  const std::size_t begin = http.url.size();
  appendPercentEncoded(http.url, value);
  ids_.push({begin, http.url.size() - begin});
}

void appendRoute(CallRequest& request, std::string_view route, PathValues values) {
  const auto* value = values.begin();
  while (!route.empty()) {
    const std::string_view fixed = route.substr(0, route.find('{'));
    request.http.url += fixed;
    route.remove_prefix(fixed.size());
    if (route.empty()) {
      break;
    }
    const std::size_t end = route.find('}');
    if (end == std::string_view::npos || value == values.end()) {
      throw std::logic_error("a route has more parameters than values");
    }
    checkPathParameter(route.substr(1, end - 1), *value);
    request.appendId(*value);
    ++value;
    route.remove_prefix(end + 1);
  }
  if (value != values.end()) {
    throw std::logic_error("a route has fewer parameters than values");
  }
}

void checkPathParameter(std::string_view name, std::string_view value) {
  const auto refuse = [name](const char* reason) {
    throw InvalidArgumentError(std::string(name), reason);
  };
  if (value.empty()) {
    refuse("must not be empty");
  }
  // As path segments they would name another resource: RFC 3986, section 5.2.4.
  if (value == "." || value == "..") {
    refuse("must not be a dot segment");
  }
  if (!isUtf8(value)) {
    refuse("must be UTF-8");
  }
}

}  // namespace heymilo
