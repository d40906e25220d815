#pragma once

#include <functional>
#include <string>
#include <vector>

#include "heymilo/workflows/mirror.hpp"
#include "postgres/connection.hpp"

/// The changes that a mirror in PostgreSQL keeps until they are handled
/// (MirrorSink::trackChanges()), and which run has the mirror.
namespace heymilo::postgres {

/// Who runs the statements: a connection with its limits.
using RunStatement = std::function<Rows(const std::string& sql, const std::vector<Value>&)>;

// $1 is the posting and $2 the name of the run, as in mirror_sql.hpp: the first column of the
// result is 1 if the run has the mirror, and otherwise 0.
//
/// $3: on, as Boolean. What is noted is forgotten where it is off.
extern const char* const kTrackChanges;
/// $3: an interview_id, $4: the number of the change that is handled, $5: its `after`, or NULL.
extern const char* const kChangeHandled;

/// The changes of a posting, the oldest first. Each is one, unless nothing is left of it: then it
/// is forgotten. `own`: [posting, run].
std::vector<workflows::MirrorChange> changesOf(const RunStatement& run,
                                               const std::vector<Value>& own, std::size_t most);

/// Says that the run still has the mirror, or who has it.
workflows::MirrorHold beat(const RunStatement& run, const std::vector<Value>& own);
/// Gives the mirror back, if the run has it.
void giveBack(const RunStatement& run, const std::vector<Value>& own);

}  // namespace heymilo::postgres
