#pragma once

#include <chrono>

namespace heymilo {

/// U: how long what has left this machine may still be on its way. A request without a response has
/// its end here with a reset, after which nothing of it is sent any more (curl/sockets.hpp); so
/// it can still arrive until its end and this. 5 s is much: packets of a network's longest ways
/// take half a second, and what a router keeps for longer it drops.
constexpr std::chrono::seconds kUnderWay{5};

/// How long a slot of the quota (heymilo/quota.hpp) rests after the end of its request. A
/// thousandth more than the limit's window asks for: the server's clock may run faster than ours.
constexpr std::chrono::nanoseconds restOf(std::chrono::milliseconds window, bool unanswered) {
  const std::chrono::nanoseconds exact = window;
  return exact + exact / 1000 + (unanswered ? kUnderWay : std::chrono::seconds{0});
}

}  // namespace heymilo
