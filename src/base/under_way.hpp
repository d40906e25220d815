#pragma once

#include <chrono>

namespace heymilo {

/// U: the longest time that data may still be in the network after it has left this machine. A
/// request without a response ends here with a reset, after which nothing more of it is sent
/// (curl/sockets.hpp); it can therefore arrive until U after its end. 5 s is generous: packets need
/// half a second on the longest routes, and routers drop what they would have to keep longer.
constexpr std::chrono::seconds kUnderWay{5};

/// How long a slot of the quota (heymilo/quota.hpp) rests after the end of its request. A
/// thousandth more than the limit's window asks for: the server's clock may run faster than ours.
constexpr std::chrono::nanoseconds restOf(std::chrono::milliseconds window, bool unanswered) {
  const std::chrono::nanoseconds exact = window;
  return exact + exact / 1000 + (unanswered ? kUnderWay : std::chrono::seconds{0});
}

}  // namespace heymilo
