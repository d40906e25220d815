#pragma once

#include <chrono>

namespace heymilo {

/// U: the longest time that data may still be in the network after it has left this machine. A
/// request without a response ends here with a reset, after which nothing more of it is sent
/// (curl/sockets.hpp); it can therefore arrive until U after its end. 5 s is generous: packets need
/// half a second on the longest routes, and routers drop what they would have to keep longer.
constexpr std::chrono::seconds kUnderWay{5};

}  // namespace heymilo
