#pragma once

#include <string>
#include <string_view>

namespace heymilo {

/// Letters, digits and `-._~`, which a URL holds as they are: RFC 3986, section 2.3.
bool isUnreserved(char c) noexcept;

/// The text as a path segment, or as a name or value of a query: any byte that is not unreserved as
/// %XX.
std::string percentEncode(std::string_view text);

/// Appends percentEncode(text) to `url`.
void appendPercentEncoded(std::string& url, std::string_view text);

/// Appends a parameter to the query of `url`: `?limit=5`, then `&starting_after=a%20b`.
void appendQuery(std::string& url, std::string_view name, std::string_view value);
/// Replaces each %XX by its byte. A percent sign that is not followed by two hexadecimal digits
/// stays, and so does a `+`.
std::string percentDecode(std::string_view text);

}  // namespace heymilo
