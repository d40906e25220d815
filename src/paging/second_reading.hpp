#pragma once

#include "heymilo/cancellation.hpp"
#include "heymilo/pagination.hpp"
#include "paging/page_source.hpp"

/// Extracts the readable candidates from a page that is not the documented JSON.
namespace heymilo::detail {

/// A page that was readable as a whole. Throws DecodeError if an interview_id is empty: the list
/// could not be continued after that candidate.
LoadedPage loadedPage(CandidatePage page);

/// Loads a page, and reads it a second time if necessary. If a page of fewer than 100 candidates
/// has no readable interview_id, a larger page is requested to find a cursor. Throws the loader's
/// exceptions.
LoadedPage loadTolerantly(const CandidateWindowLoader& load, ListCandidatesParams params,
                          const CancellationToken& cancellation);

/// The candidate with all of its readable properties; the other members have their defaults.
CandidateResponse readablePart(const UnreadableCandidate& candidate);

/// Whether all properties of the schema are readable; the names of unreadable ones are in others.
bool knownPartReadable(const UnreadableCandidate& candidate);

}  // namespace heymilo::detail
