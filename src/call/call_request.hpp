#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/inline_stack.hpp"
#include "base/percent.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

/// What a call sends, and what in its URL must not be shown. What is secret in the header fields
/// and in the body, which is JSON, can be seen from the names there.
class CallRequest {
 public:
  HttpRequest http{};  ///< whose URL only grows once it has an id: ids are places in it

  /// Appends an id, encoded, to the URL.
  void appendId(std::string_view value);
  /// Adds a parameter that may be shown, such as a limit.
  void addQuery(std::string_view name, std::string_view value);
  /// Adds a parameter whose value is an id, such as a cursor.
  void addIdQuery(std::string_view name, std::string_view value);

  /// Calls `use` with each id of the path and the query, as it was given.
  template <class Use>
  void forEachId(Use use) const {
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      const std::string_view encoded =
          std::string_view(http.url).substr(ids_[i].begin, ids_[i].size);
      if (encoded.find('%') == std::string_view::npos) {
        use(encoded);
      } else {
        use(std::string_view(percentDecode(encoded)));
      }
    }
  }

 private:
  struct Part {
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  InlineStack<Part, 2> ids_;  // of the URL: the posting's, and the cursor's
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
