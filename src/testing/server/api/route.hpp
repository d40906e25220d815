#pragma once

#include <string>
#include <string_view>

namespace heymilo::testing::detail {

/// The operation of a method and a path.
struct Route {
  std::string operation{};   ///< the operationId; empty: none
  std::string posting_id{};  ///< percent-decoded
  std::string allow{};       ///< the allowed methods of a known path without this one
};

/// Finds the operation of a request. A posting id is one segment of the path, whatever its decoded
/// value.
Route findRoute(std::string_view method, std::string_view path);

/// Throws std::invalid_argument for an unknown operationId.
void requireOperation(std::string_view operation_id);

/// The path of a posting's candidates.
std::string candidatesPath(std::string_view posting_id);

}  // namespace heymilo::testing::detail
