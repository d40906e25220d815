#pragma once

#include <functional>
#include <string>
#include <vector>

#include "heymilo/clock.hpp"
#include "heymilo/models/envelope.hpp"
#include "heymilo/options.hpp"
#include "heymilo/waiting.hpp"

namespace heymilo::detail {

/// Loads one page of the list that is waited on.
using WaitPageLoader = std::function<ListResponse<CandidateResponse>(
    const ListCandidatesParams& params, const RequestOptions& options)>;

/// Looks at the list again and again until each of `keys` has been seen in `state`, and returns
/// them in the order of `keys`. What Client::waitForCandidates() says goes for it.
std::vector<CandidateResponse> waitForCandidates(const WaitPageLoader& load, Clock& clock,
                                                 const std::vector<std::string>& keys,
                                                 const CandidatePredicate& state,
                                                 const WaitOptions& how,
                                                 const RequestOptions& options);

}  // namespace heymilo::detail
