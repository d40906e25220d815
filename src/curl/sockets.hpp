#pragma once

#include <curl/curl.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace heymilo {

class EasyHandle;
struct Transfer;

/// The sockets of one multi handle, and which transfer is on which. They see to it that nothing of
/// a request without a response is sent after the request's end here.
///
/// Closing a socket does not take back what the kernel has yet to send, and neither does the end of
/// the process: the kernel goes on for up to a quarter of an hour, and a server that was only slow
/// gets a request that was given up, and perhaps sent again, long ago. So:
///
/// - As long as a request has no response, `SO_LINGER {1, 0}` is in force: the socket's end is a
///   reset, and what was not sent is dropped, also where the process is killed. It is in force from
///   the socket's making, and from the request's beginning on a connection that is used again,
///   until the response is whole. An idle connection ends politely: its last request may still be
///   on its way to a server that has responded before it had read all.
/// - A transfer that ends without a response resets its connection, at once and before its caller
///   knows: libcurl may keep an HTTP/2 connection, may say goodbye on a TLS one for seconds, and a
///   child of fork() that has the socket too keeps it open.
/// - `TCP_USER_TIMEOUT` (Linux) ends a connection on which nothing moves for longer than the
///   request may take, even where this process stands still.
///
/// Sockets are close-on-exec from the beginning, so that no program that the host starts has them.
///
/// For one thread at a time. In a child of the process that made it, sockets are closed and nothing
/// else: all settings of a socket are shared with the parent.
class Sockets {
 public:
  Sockets() noexcept;
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  /// Has libcurl open and close sockets here for the handle's transfer. Must outlive the multi
  /// handle, which closes connections of transfers that are long over.
  void attach(EasyHandle& handle);

  /// What libcurl calls.
  curl_socket_t open(const curl_sockaddr& address) noexcept;
  int close(curl_socket_t handle) noexcept;

  /// One end of a connection, in libcurl's writing.
  struct End {
    std::string ip;
    int port = 0;

    bool operator==(const End& other) const noexcept {
      return port == other.port && ip == other.ip;
    }
  };

  /// The transfer is about to send its request on the connection with these ends. False where
  /// nothing may be sent on it: the request before it was given up, or the server has ended the
  /// connection, and libcurl does not know.
  /// (A connection that can't be found stays as it was made: closing it resets it.) Throws
  /// std::bad_alloc.
  bool begin(const Transfer& transfer, const End& local, const End& remote);

  /// The transfer's response is whole.
  void finish(const Transfer& transfer) noexcept;

  /// There will be no response: resets the connection, where there is one. libcurl still has to
  /// close the socket.
  void abandon(const Transfer& transfer) noexcept;

 private:
  struct Socket {
    curl_socket_t handle = CURL_SOCKET_BAD;
    const Transfer* user = nullptr;
    const Transfer* before = nullptr;  // the user before, where it has yet to be heard of its end
    bool reset = false;
    bool used = false;  // by a request before
    End local{};        // as begin() was given them; empty before
    End remote{};
    std::chrono::milliseconds user_timeout{0};
  };

  Socket* find(curl_socket_t handle) noexcept;
  Socket* find(const End& local, const End& remote);
  void reset(Socket& socket) const noexcept;
  bool areOurs() const noexcept;

  const long process_;
  std::vector<Socket> sockets_;
};

}  // namespace heymilo
