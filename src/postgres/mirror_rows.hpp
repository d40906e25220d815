#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/workflows/mirror.hpp"
#include "workflows/storage/candidate_columns.hpp"
#include "workflows/storage/candidate_row.hpp"

namespace heymilo::postgres {

/// A moment as PostgreSQL reads it; `-infinity` or `infinity` outside the years 1 to 9999.
std::string momentText(Timestamp moment);

/// A moment in microseconds since 1970, or null. Throws nlohmann::json::exception for another
/// value.
std::optional<Timestamp> momentOf(const nlohmann::json& value);

/// The candidate with U+FFFD in the place of each NUL, which no text and no jsonb can hold.
CandidateResponse withoutNul(const CandidateResponse& candidate);

/// The parameters of storePageSql() for a candidate: a row, and one of the history. `id` is the
/// storedText() of the interview_id.
nlohmann::json rowOf(const std::vector<workflows::CandidateColumn>& columns, const std::string& id,
                     const CandidateResponse& candidate, const workflows::CandidateRow& row);
nlohmann::json historyOf(const std::string& id, const workflows::CandidateRow& row);

/// A walk as heymilo.mirror has it, and back. walkOf() throws nlohmann::json::exception where the
/// text is something else.
std::string walkText(const workflows::MirrorWalk& walk);
workflows::MirrorWalk walkOf(const std::string& text);

}  // namespace heymilo::postgres
