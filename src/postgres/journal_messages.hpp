#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "heymilo/workflows/journal.hpp"

namespace heymilo::postgres {

// The parameters of the functions heymilo.journal_…(), all but `posting`, which is what the journal
// is for.
nlohmann::json toJson(const workflows::JournalStamp& stamp);
nlohmann::json toJson(const workflows::JournalJoin& join);
nlohmann::json toJson(const workflows::JournalBeat& beat);
nlohmann::json toJson(const workflows::JournalClaim& claim);
nlohmann::json toJson(const workflows::JournalSettle& settle);
nlohmann::json toJson(const workflows::JournalShown& shown);
nlohmann::json toJson(const workflows::JournalRelease& release);
/// Adds what the journal is for.
void addPosting(nlohmann::json& request, const workflows::JournalPosting& posting);

// Their responses. They throw nlohmann::json::exception or std::out_of_range where a response is
// something else.
workflows::JournalOutcome outcomeOf(const nlohmann::json& response);
workflows::JournalJoined joinedOf(const nlohmann::json& response, const std::string& posting_id);
workflows::JournalView viewOf(const nlohmann::json& response);
workflows::JournalStanding standingOf(const nlohmann::json& response,
                                      const std::string& posting_id);
/// `records`: how many were asked for.
workflows::JournalClaimed claimedOf(const nlohmann::json& response, std::size_t records);
workflows::JournalSettled settledOf(const nlohmann::json& response);
workflows::JournalDoubts doubtsOf(const nlohmann::json& response);
workflows::JournalRecognised recognisedOf(const nlohmann::json& response);
/// The state of this name.
workflows::KeyState stateOf(const std::string& word);

}  // namespace heymilo::postgres
