#pragma once

#include <curl/curl.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace heymilo {

class EasyHandle;
struct Transfer;

/// The sockets of one multi handle, and which transfer uses which. They ensure that nothing of a
/// request without a response is sent after the request has ended here.
///
/// Closing a socket does not discard the data that the kernel has yet to send, and neither does the
/// end of the process: the kernel continues for up to a quarter of an hour. A slow server would
/// then receive a request that was given up, and perhaps sent again, long before. Therefore:
///
/// - As long as a request has no response, `SO_LINGER {1, 0}` is set: closing the socket is a
///   reset, and unsent data is dropped, even if the process is killed. It is set when the socket is
///   created, and again when a request begins on a reused connection, until the response is
///   complete. An idle connection is closed in the regular way: its last request may still be on
///   its way to a server that responded before it had read all of it.
/// - A transfer that ends without a response resets its connection immediately, before its caller
///   is notified: libcurl may keep an HTTP/2 connection, may spend seconds on a TLS shutdown, and a
///   child of fork() that also has the socket keeps it open.
/// - `TCP_USER_TIMEOUT` (Linux) ends a connection on which no data moves for longer than the
///   request may take, even while this process is stopped.
///
/// Sockets are close-on-exec from their creation: programs that the host starts do not inherit
/// them.
///
/// Not thread-safe. In a child of the process that created it, sockets are only closed: all
/// settings of a socket are shared with the parent.
class Sockets {
 public:
  Sockets() noexcept;
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  /// Makes libcurl open and close the sockets of the handle's transfer here. Must outlive the multi
  /// handle, which closes the connections of past transfers.
  void attach(EasyHandle& handle);

  /// The callbacks for libcurl.
  curl_socket_t open(const curl_sockaddr& address) noexcept;
  int close(curl_socket_t handle) noexcept;

  /// An endpoint of a connection, in libcurl's notation.
  struct End {
    std::string ip;
    int port = 0;

    bool operator==(const End& other) const noexcept {
      return port == other.port && ip == other.ip;
    }
  };

  /// The transfer is about to send its request on the connection with these endpoints. False if the
  /// connection must not be used: its previous request was given up, or the server has closed it,
  /// unnoticed by libcurl. (A connection that can't be found keeps its initial setting: closing it
  /// resets it.) Throws std::bad_alloc.
  bool begin(const Transfer& transfer, const End& local, const End& remote);

  /// The transfer's response is complete.
  void finish(const Transfer& transfer) noexcept;

  /// There will be no response: resets the connection, if there is one. libcurl still has to close
  /// the socket.
  void abandon(const Transfer& transfer) noexcept;

 private:
  struct Socket {
    curl_socket_t handle = CURL_SOCKET_BAD;
    const Transfer* user = nullptr;
    const Transfer* before = nullptr;  // the previous user, until its end is reported
    bool reset = false;
    bool used = false;  // by a previous request
    End local{};        // from begin(); empty before
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
