#include "support/raw_relay.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "support/loopback.hpp"

namespace heymilo_test {

namespace {

/// Passes on what can be read now, up to `left` bytes; false where there is no more to come.
bool passOn(int from, int to, std::size_t& left) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::recv(from, buffer.data(), (std::min)(buffer.size(), left), 0);
  if (count <= 0) {
    return false;
  }
  left -= static_cast<std::size_t>(count);
  for (ssize_t done = 0; done < count;) {
    const ssize_t sent =
        ::send(to, buffer.data() + done, static_cast<std::size_t>(count - done), 0);
    if (sent < 0) {
      return false;
    }
    done += sent;
  }
  return left > 0;
}

}  // namespace

void relay(int client, int port, const RelayLimits& limits) {
  const int server = connectLoopback(port);
  if (server < 0) {
    return;
  }
  RelayLimits left = limits;
  bool open = left.to_server > 0 && left.to_client > 0;
  while (open) {
    std::array<pollfd, 2> ends = {{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    ::poll(ends.data(), ends.size(), -1);
    open = (ends[0].revents == 0 || passOn(client, server, left.to_server)) &&
           (ends[1].revents == 0 || passOn(server, client, left.to_client));
  }
  ::close(server);
}

}  // namespace heymilo_test
