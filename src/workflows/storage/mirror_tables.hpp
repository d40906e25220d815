#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workflows/storage/candidate_columns.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

/// Opens or creates the mirror of a posting, with a table `candidates` that has all of `columns`.
/// SqliteMirror documents the tables. Throws StoreError if the file is not a mirror of this posting
/// and version.
sqlite::Database openMirror(const std::string& file, std::string_view posting_id,
                            const std::vector<CandidateColumn>& columns);

}  // namespace heymilo::workflows
