#include "testing/server/api/route.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "testing/server/api/percent.hpp"

namespace heymilo::testing::detail {

namespace {

struct Operation {
  std::string_view id;
  std::string_view method;
  std::string_view end;  // of the path, after the posting
};

constexpr std::string_view kBegin = "/api/v2/postings/";
constexpr std::array<Operation, 5> kOperations = {
    Operation{"listCandidates", "GET", "/candidates"},
    Operation{"ingestCandidate", "POST", "/candidates"},
    Operation{"ingestCandidatesBulk", "POST", "/candidates/bulk"},
    Operation{"ingestCandidateAsync", "POST", "/candidates/async"},
    Operation{"ingestCandidatesBulkAsync", "POST", "/candidates/bulk/async"},
};

}  // namespace

Route findRoute(std::string_view method, std::string_view path) {
  Route route;
  if (path.substr(0, kBegin.size()) != kBegin) {
    return route;
  }
  path.remove_prefix(kBegin.size());
  const std::size_t slash = std::min(path.find('/'), path.size());
  if (slash == 0) {
    return route;
  }
  for (const Operation& operation : kOperations) {
    if (path.substr(slash) != operation.end) {
      continue;
    }
    route.posting_id = percentDecode(path.substr(0, slash));
    if (operation.method == method) {
      route.operation = operation.id;
      return route;
    }
    route.allow += (route.allow.empty() ? "" : ", ") + std::string(operation.method);
  }
  return route;
}

void requireOperation(std::string_view operation_id) {
  if (std::none_of(kOperations.begin(), kOperations.end(), [&](const Operation& operation) {
        return operation.id == operation_id;
      })) {
    throw std::invalid_argument("unknown operation " + std::string(operation_id));
  }
}

std::string candidatesPath(std::string_view posting_id) {
  return std::string(kBegin) + percentEncode(posting_id) + "/candidates";
}

}  // namespace heymilo::testing::detail
