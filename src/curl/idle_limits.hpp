#pragma once

#include <chrono>

namespace heymilo {

// A server that closes an idle connection just as a request goes out on it leaves the client
// without an answer, and without knowing what became of the request. So connections are given up
// before servers do: load balancers commonly wait for 60 s or more, application servers for 5 s.

/// A connection that was idle for longer is not used again.
constexpr std::chrono::seconds kLongestIdle{30};

/// Nor for a request that must not be carried out twice.
constexpr std::chrono::seconds kLongestIdleForWrites{3};

}  // namespace heymilo
