#pragma once

#include <functional>
#include <string>
#include <vector>

#include "heymilo/clock.hpp"
#include "heymilo/models/envelope.hpp"
#include "heymilo/options.hpp"
#include "heymilo/waiting.hpp"

namespace heymilo::detail {

/// Loads one page of the list.
using WaitPageLoader = std::function<ListResponse<CandidateResponse>(
    const ListCandidatesParams& params, const RequestOptions& options)>;

/// Reads the list repeatedly until each of `keys` has been seen in `state`, and returns these
/// candidates in the order of `keys`. See Client::waitForCandidates().
std::vector<CandidateResponse> waitForCandidates(const WaitPageLoader& load, Clock& clock,
                                                 const std::vector<std::string>& keys,
                                                 const CandidatePredicate& state,
                                                 const WaitOptions& how,
                                                 const RequestOptions& options);

}  // namespace heymilo::detail
