#pragma once

#include "heymilo/cancellation.hpp"
#include "heymilo/pagination.hpp"
#include "paging/page_source.hpp"

/// What can be read of a page that is not the documented JSON: everybody but those candidates who
/// are at fault.
namespace heymilo::detail {

/// A page that could be read at once. Throws DecodeError where an interview_id is empty: the list
/// could not be continued after that candidate.
LoadedPage loadedPage(CandidatePage page);

/// Loads a page, and reads it again where it has to be. Where nobody in a page of fewer than 100
/// candidates has an interview_id that can be read, a larger page is asked for, so that there is a
/// cursor. Throws what the loader throws.
LoadedPage loadTolerantly(const CandidateWindowLoader& load, ListCandidatesParams params,
                          const CancellationToken& cancellation);

/// The candidate with all that can be read of it; the other members are as in a fresh one.
CandidateResponse readablePart(const UnreadableCandidate& candidate);

/// Whether all properties that the schema knows can be read: what can't is in others.
bool knownPartReadable(const UnreadableCandidate& candidate);

}  // namespace heymilo::detail
