#include "support/raw_relay.hpp"

#include <algorithm>
#include <array>

#include "support/loopback.hpp"

namespace heymilo_test {

namespace {

/// Forwards the available bytes, up to `left`; false at the end.
bool passOn(Socket from, Socket to, std::size_t& left) {
  std::array<char, 65536> buffer{};
  const std::ptrdiff_t count = receiveFrom(from, buffer.data(), (std::min)(buffer.size(), left));
  if (count <= 0) {
    return false;
  }
  left -= static_cast<std::size_t>(count);
  for (std::ptrdiff_t done = 0; done < count;) {
    const std::ptrdiff_t sent =
        sendOn(to, buffer.data() + done, static_cast<std::size_t>(count - done));
    if (sent < 0) {
      return false;
    }
    done += sent;
  }
  return left > 0;
}

}  // namespace

void relay(Socket client, int port, const RelayLimits& limits) {
  const Socket server = connectLoopback(port);
  if (server == kNoSocket) {
    return;
  }
  RelayLimits left = limits;
  bool open = left.to_server > 0 && left.to_client > 0;
  while (open) {
    std::array<PollEntry, 2> ends = {{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    pollSockets(ends.data(), ends.size(), -1);
    open = (ends[0].revents == 0 || passOn(client, server, left.to_server)) &&
           (ends[1].revents == 0 || passOn(server, client, left.to_client));
  }
  closeSocket(server);
}

}  // namespace heymilo_test
