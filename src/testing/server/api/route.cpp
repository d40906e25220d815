#include "testing/server/api/route.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "base/percent.hpp"

namespace heymilo::testing::detail {

namespace {

using PathParameters = std::vector<std::pair<std::string_view, std::string>>;

std::string_view takeSegment(std::string_view& path) {
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(segment.size() + 1, path.size()));
  return segment;
}

bool isParameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// The parameters of a path that fits the template; empty where it does not.
std::optional<PathParameters> match(std::string_view path_template, std::string_view path) {
  if (std::count(path_template.begin(), path_template.end(), '/') !=
      std::count(path.begin(), path.end(), '/')) {
    return std::nullopt;
  }
  PathParameters parameters;
  while (!path_template.empty() || !path.empty()) {
    const std::string_view expected = takeSegment(path_template);
    const std::string_view segment = takeSegment(path);
    if (isParameter(expected) && !segment.empty()) {
      parameters.emplace_back(expected.substr(1, expected.size() - 2), percentDecode(segment));
    } else if (segment != expected) {
      return std::nullopt;
    }
  }
  return parameters;
}

}  // namespace

std::string Route::operationId() const {
  return operation != nullptr ? std::string(operation->id) : std::string();
}

std::string Route::parameter(std::string_view name) const {
  const auto found = std::find_if(
      parameters.begin(), parameters.end(), [&](const auto& one) { return one.first == name; });
  return found != parameters.end() ? found->second : std::string();
}

Route findRoute(OperationTable operations, std::string_view method, std::string_view path) {
  Route route;
  for (const Operation& operation : operations) {
    std::optional<PathParameters> parameters = match(operation.path, path);
    if (!parameters) {
      continue;
    }
    if (operation.method == method) {
      return {&operation, *std::move(parameters), {}};
    }
    if (route.allow.empty()) {
      route.parameters = *std::move(parameters);
    } else {
      route.allow += ", ";
    }
    route.allow += operation.method;
  }
  return route;
}

void noteRoute(RecordedRequest& request, const Route& route) {
  request.operation = route.operationId();
  request.posting_id = route.parameter("posting_id");
}

void requireOperation(std::string_view operation_id) {
  const OperationTable operations = documentedOperations();
  if (std::none_of(operations.begin(), operations.end(), [&](const Operation& operation) {
        return operation.id == operation_id;
      })) {
    throw std::invalid_argument("unknown operation " + std::string(operation_id));
  }
}

std::string candidatesPath(std::string_view posting_id) {
  return "/api/v2/postings/" + percentEncode(posting_id) + "/candidates";
}

}  // namespace heymilo::testing::detail
