#include "heymilo/testing/recorded_request.hpp"

#include <algorithm>
#include <ostream>

#include "base/ascii.hpp"

namespace heymilo::testing {

std::optional<std::string> RecordedRequest::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const Header& header) {
    return ascii::equalIgnoringCase(header.first, name);
  });
  return found != headers.end() ? std::optional(found->second) : std::nullopt;
}

nlohmann::json RecordedRequest::json() const { return nlohmann::json::parse(body); }

std::ostream& operator<<(std::ostream& out, const RecordedRequest& request) {
  out << request.method << ' ' << request.path;
  if (!request.query.empty()) {
    out << '?' << request.query;
  }
  if (!request.operation.empty()) {
    out << " (" << request.operation << ')';
  }
  return out << ": " << (request.status != 0 ? std::to_string(request.status) : "no response");
}

RequestMatch::RequestMatch(const char* operation_id) : operation(operation_id) {}

RequestMatch::RequestMatch(std::string operation_id,
                           std::function<bool(const RecordedRequest&)> accepts_request)
    : operation(std::move(operation_id)), accepts(std::move(accepts_request)) {}

bool RequestMatch::operator()(const RecordedRequest& request) const {
  return (operation.empty() || operation == request.operation) && (!accepts || accepts(request));
}

}  // namespace heymilo::testing
