#pragma once

#include "heymilo/cancellation.hpp"

namespace heymilo {

/// A token that is cancelled when one of the two is, by the time that CancellationSource::cancel()
/// returns. It needs neither of them to stay.
CancellationToken eitherOf(const CancellationToken& a, const CancellationToken& b);

}  // namespace heymilo
