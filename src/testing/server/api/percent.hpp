#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heymilo::testing::detail {

/// Decodes `%XX`; a percent sign that is not followed by two hexadecimal digits is kept.
std::string percentDecode(std::string_view text);

/// Encodes all but RFC 3986's unreserved characters.
std::string percentEncode(std::string_view text);

/// The parameters of a query in order, decoded; a `+` is a space, as in Python's urllib.
std::vector<std::pair<std::string, std::string>> parseQuery(std::string_view query);

}  // namespace heymilo::testing::detail
