#pragma once

#include <chrono>

namespace heymilo {

// If a server closes an idle connection just as a request is sent on it, the client gets no
// response and the outcome is unknown. The client therefore closes idle connections before servers
// do: load balancers commonly wait for 60 s or more, application servers for 5 s.

/// A connection that was idle for longer is not reused.
constexpr std::chrono::seconds kLongestIdle{30};

/// The same limit for a request that must not be sent twice.
constexpr std::chrono::seconds kLongestIdleForWrites{3};

}  // namespace heymilo
