#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workflows/storage/candidate_columns.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

// Where bytes of people may be who were erased: mirror.traces.
constexpr std::int64_t kNoTraces = 0;
constexpr std::int64_t kTracesInLog = 1;   ///< the WAL has pages from before
constexpr std::int64_t kTracesInFile = 2;  ///< unused parts of pages, too

/// Throws StoreError for another program's database, before anything in it is changed: a mirror
/// erases by rewriting all of its file, and has another journal mode.
void requireMirrorOrEmpty(sqlite::Database& database);

/// Opens or creates the mirror of a posting, with a table `candidates` that has all of `columns`.
/// SqliteMirror documents the tables. Throws StoreError if the file is not a mirror of this posting
/// and version.
sqlite::Database openMirror(const std::string& file, std::string_view posting_id,
                            const std::vector<CandidateColumn>& columns);

/// Stores a candidate. The parameters, from 1: the scalar properties, then current_step_id,
/// current_step_order, document, last_seen, changed_at and walk.
std::string upsertSql(const std::vector<CandidateColumn>& columns);

}  // namespace heymilo::workflows
