#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workflows/storage/candidate_columns.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

/// Opens the mirror of a posting, or makes it, with a table `candidates` that has all of `columns`.
/// SqliteMirror's comment says what the tables hold. Throws StoreError where the file is no mirror
/// of this posting and version.
sqlite::Database openMirror(const std::string& file, std::string_view posting_id,
                            const std::vector<CandidateColumn>& columns);

}  // namespace heymilo::workflows
