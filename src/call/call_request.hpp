#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/transport.hpp"

namespace heymilo {

/// What a call sends, and what in its URL must not be shown. What is secret in the header fields
/// and in the body, which is JSON, can be seen from the names there.
struct CallRequest {
  HttpRequest http{};
  std::vector<std::string> ids{};  ///< of the path and the query, as they were given

  /// Adds a parameter that may be shown, such as a limit.
  void addQuery(std::string_view name, std::string_view value);
  /// Adds a parameter whose value is an id, such as a cursor.
  void addIdQuery(std::string_view name, std::string_view value);
};

/// The values of a route's parameters, in the route's order; not encoded.
using PathValues = std::initializer_list<std::string_view>;

/// Appends the route to the request's URL, each {name} replaced by its value, and notes these ids.
/// Throws InvalidArgumentError for a value that can't be a segment of a path; its param is the
/// name.
void appendRoute(CallRequest& request, std::string_view route, PathValues values);

/// Whether `value` can be a segment of a path. Throws InvalidArgumentError, whose param is `name`.
void checkPathParameter(std::string_view name, std::string_view value);

}  // namespace heymilo
