#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testing/server/api/operation.hpp"

namespace heymilo::testing::detail {

/// The operation of a method and a path.
struct Route {
  const Operation* operation = nullptr;  ///< null: none
  /// The path's, by name, percent-decoded; also where the path is known but not with this method.
  std::vector<std::pair<std::string_view, std::string>> parameters{};
  std::string allow{};  ///< the methods of a path that is known but not with this one

  /// The operationId; empty where there is no operation.
  std::string operationId() const;
  /// The value of a parameter of the path; empty where it has none of that name.
  std::string parameter(std::string_view name) const;
};

/// Finds the operation of a request. A parameter is one segment of the path, whatever it is decoded
/// to.
Route findRoute(OperationTable operations, std::string_view method, std::string_view path);

/// Sets what `request` tells of its operation.
void noteRoute(RecordedRequest& request, const Route& route);

/// Throws std::invalid_argument where the API documents no operation of that id.
void requireOperation(std::string_view operation_id);

/// The path of a posting's candidates.
std::string candidatesPath(std::string_view posting_id);

}  // namespace heymilo::testing::detail
