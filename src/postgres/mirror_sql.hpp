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
/// $3: a new erasure key. Takes the mirror for this run. Result: last_walk, watermark_us, walk and
/// erasure_key.
extern const char* const kClaimMirror;
/// Without $2: the oldest candidate that is in no final state, in microseconds.
std::string oldestOpenSql();
/// Without $2. $2: interview_ids, $3: tombstones, arrays of JSON. Result: interview_id, document,
/// status, current_step_id, current_step_order, gone; or NULL and a tombstone.
extern const char* const kReadPage;
/// $3: the walk's number, $4: the walk, $5: the rows, an array of JSON objects, $6: the history.
std::string storePageSql(const std::vector<workflows::CandidateColumn>& columns);
/// $3: the walk's number, $4: an interview_id.
extern const char* const kKeepCandidate;
/// $3: the walk's number, $4: the watermark in microseconds, $5: the start of the range. Result:
/// how many are gone, too.
extern const char* const kFinishWalk;
/// Without $2. $2: gone before. Result: number, oldest created_at in seconds, number without one.
extern const char* const kCountDue;
/// Without $2. $2: gone before, $3: the walk's number, $4: the start of the range. Result: the
/// interview_ids.
extern const char* const kListDue;
/// $3: an array of JSON objects with interview_id and tombstone. Result: how many were erased, too.
extern const char* const kEraseCandidates;

}  // namespace heymilo::postgres
