#pragma once

#include <string_view>
#include <vector>

#include "testing/server/api/violation.hpp"
#include "testing/server/state/candidate_store.hpp"

namespace heymilo::testing::detail {

/// The query of listCandidates.
struct ListRequest {
  ListQuery query{};
  std::vector<Violation> violations{};  ///< all of them
};

/// Reads the query of a URL. The last of repeated parameters counts, and undocumented parameters
/// are ignored.
ListRequest readListRequest(std::string_view query);

}  // namespace heymilo::testing::detail
