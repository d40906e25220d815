#include "workflows/storage/candidate_change.hpp"

#include <nlohmann/json.hpp>

#include "heymilo/errors.hpp"
#include "workflows/storage/candidate_row.hpp"

namespace heymilo::workflows {

namespace {

std::optional<CandidateResponse> candidateOf(const std::optional<std::string>& document) {
  try {
    return document ? std::optional(nlohmann::json::parse(*document).get<CandidateResponse>())
                    : std::nullopt;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;  // modified by another program
  } catch (const DecodeError&) {
    return std::nullopt;  // written by a version with another schema
  }
}

}  // namespace

std::optional<MirrorChange> changeOf(const StoredChange& stored) {
  MirrorChange change;
  change.interview_id = stored.interview_id;
  change.number = stored.number;
  change.before = candidateOf(stored.before);
  change.after = candidateOf(stored.after);
  if (stored.after && !change.after) {
    throw StoreError("the mirror has a candidate that this version can't read");
  }
  if (change.before && change.after) {
    if (withoutSignedLinks(*change.before) == withoutSignedLinks(*change.after)) {
      return std::nullopt;
    }
  } else if (!stored.before && !stored.after) {
    return std::nullopt;
  }
  return change;
}

std::optional<std::string> handedOut(const MirrorChange& change) {
  return change.after ? std::optional(nlohmann::json(*change.after).dump()) : std::nullopt;
}

}  // namespace heymilo::workflows
