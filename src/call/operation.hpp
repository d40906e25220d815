#pragma once

#include <string_view>

namespace heymilo {

/// An operation of the API as the wire has it. Texts are literals.
struct Operation {
  std::string_view id;      // the operationId
  std::string_view method;  // GET, POST, PUT, PATCH or DELETE
  std::string_view route;   // the path's template; each {name} is a parameter
  /// Retried as a GET is, although it is another method: carrying it out twice does no more than
  /// carrying it out once. HTTP says that of DELETE and PUT (RFC 9110, section 9.2.2); whether this
  /// API keeps to it is known for each operation only.
  bool repeatable = false;

  constexpr bool idempotent() const noexcept { return repeatable || method == "GET"; }
};

}  // namespace heymilo
