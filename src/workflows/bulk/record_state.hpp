#pragma once

#include <string_view>

#include "heymilo/workflows/bulk_ingest.hpp"

namespace heymilo::workflows {

/// The state whose toString() this is. Throws StoreError where there is none, as in the journal of
/// a later version.
RecordState recordStateOf(std::string_view text);

}  // namespace heymilo::workflows
