#include <algorithm>

#include "heymilo/testing/mock_server.hpp"
#include "testing/header_name.hpp"

namespace heymilo::testing {

std::optional<std::string> RecordedRequest::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const Header& header) {
    return detail::isSameHeaderName(header.first, name);
  });
  return found != headers.end() ? std::optional(found->second) : std::nullopt;
}

nlohmann::json RecordedRequest::json() const { return nlohmann::json::parse(body); }

}  // namespace heymilo::testing
