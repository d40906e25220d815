#pragma once

#include <string>
#include <string_view>

namespace heymilo::testing::detail {

/// What a method and a path stand for.
struct Route {
  std::string operation{};   ///< the operationId; empty: none
  std::string posting_id{};  ///< percent-decoded
  std::string allow{};       ///< the methods of a path that is known but not with this one
};

/// Finds the operation of a request. A posting id is one segment of the path, whatever it is
/// decoded to.
Route findRoute(std::string_view method, std::string_view path);

/// Throws std::invalid_argument where there is no operation of that id.
void requireOperation(std::string_view operation_id);

/// The path of a posting's candidates.
std::string candidatesPath(std::string_view posting_id);

}  // namespace heymilo::testing::detail
