#pragma once

#include <string>
#include <vector>

#include "workflows/storage/candidate_columns.hpp"

namespace heymilo::postgres {

constexpr long long kMirrorVersion = 1;

/// Makes the tables.
std::string mirrorScript(const std::vector<workflows::CandidateColumn>& columns);
/// Adds a column to the table of the candidates.
std::string addColumnSql(const workflows::CandidateColumn& column);

// The statements. $1 is the posting and $2 the name of the run, where nothing else is said. Each of
// them locks the posting's row of heymilo.mirror and writes only if that has the run's name. The
// first column of the result is 1 if it has, and otherwise 0.
//
/// $3: a new erasure key. Takes the mirror for this run. Result: last_walk, watermark_us, walk,
/// erasure_key and last_full_us.
extern const char* const kClaimMirror;
/// $2 and $3: a window. The oldest candidate that is in no final state, in microseconds.
std::string nextOpenSql();
/// $2 and $3: a window. Result: the number of candidates who are not gone, in the window, and
/// without a created_at.
std::string countCandidatesSql();
/// $2 and $3: a window, $4: an index. Result: the created_at of the one who has it, in
/// microseconds.
std::string createdAtSql();
/// Without $2. $2: interview_ids, $3: tombstones, arrays of JSON. Result: interview_id, document,
/// status, current_step_id, current_step_order, gone; or NULL and a tombstone.
extern const char* const kReadPage;
/// $3: the walk's number, $4: the walk, $5: the rows, an array of JSON objects, $6: the history.
std::string storePageSql(const std::vector<workflows::CandidateColumn>& columns);
/// $3: the walk's number, $4: an interview_id.
extern const char* const kKeepCandidate;
/// $3: the walk's number, $4: the watermark in microseconds, $5 and $6: the range, $7: the start of
/// a full walk in microseconds. Result: how many are gone, too.
extern const char* const kFinishWalk;
/// $2 and $3: a window, $4: gone before. Result: number, oldest created_at in seconds, number
/// without one.
std::string countDueSql();
/// Without $2. $2: gone before, $3: the walk's number, $4 and $5: the range. Result: the
/// interview_ids.
extern const char* const kListDue;
/// $3: an array of JSON objects with interview_id and tombstone. Result: how many were erased, too.
extern const char* const kEraseCandidates;

}  // namespace heymilo::postgres
