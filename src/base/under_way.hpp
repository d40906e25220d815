#pragma once

#include <chrono>

namespace heymilo {

/// U: how long what has left this machine may still be on its way. A request without a response has
/// its end here with a reset, after which nothing of it is sent any more (curl/sockets.hpp); so
/// it can still arrive until its end and this. 5 s is much: packets of a network's longest ways
/// take half a second, and what a router keeps for longer it drops.
constexpr std::chrono::seconds kUnderWay{5};

}  // namespace heymilo
