#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/raw_relay.hpp"
#include "support/raw_stream.hpp"

namespace heymilo_test {

/// An HTTP request as received on the wire.
struct RawRequest {
  std::size_t connection = 0;  ///< from 0, in the order of acceptance
  std::string head;            ///< request line and header lines, the empty one included
  std::string body;

  /// The first word of the request line.
  std::string method() const;
  /// The second.
  std::string target() const;
  /// The values of all fields of that name, in order.
  std::vector<std::string> header(std::string_view name) const;
};

/// The record of the server's connections. Thread-safe.
class RawRecord {
 public:
  /// Wait until there are that many, for at most 10 seconds; false otherwise.
  bool waitForRequests(std::size_t count) const;
  bool waitForConnections(std::size_t count) const;
  bool waitForFinishedScripts(std::size_t count) const;
  /// Waits until the scripts of all connections so far have returned.
  bool waitForScripts() const;

  std::vector<RawRequest> requests() const;
  std::vector<std::string> received() const;
  std::size_t connections() const;

  std::size_t addConnection();
  void addBytes(std::size_t connection, std::string_view bytes);
  void addRequest(RawRequest request);
  void addFinishedScript();

 private:
  template <class Condition>
  bool waitFor(Condition condition) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> received_;
  std::vector<RawRequest> requests_;
  std::size_t finished_ = 0;
};

/// The server's end of one connection, for a script, on the script's thread. The script's reads are
/// recorded. Reads and writes block until the client closes or the server is destroyed; then they
/// fail, and the script must return.
class RawConnection {
 public:
  RawConnection(RawRecord& record, std::size_t number, Socket socket);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// From 0, in the order of acceptance.
  std::size_t number() const noexcept { return number_; }

  /// The next request, including its body (Content-Length); empty if the client closed before its
  /// end.
  std::optional<RawRequest> readRequest();
  /// For a script that reads requests itself.
  void recordRequest(RawRequest request) { record_.addRequest(std::move(request)); }
  /// Reads that many bytes; fewer if the client closed.
  std::string readBytes(std::size_t count);
  /// Reads until the client closes.
  void readToEnd();
  /// Neither reads nor writes until the server is destroyed.
  void stall();

  /// False if the client has closed.
  bool send(std::string_view bytes);
  /// Sends one byte after the other, `interval` apart, until the client closes.
  bool drip(std::string_view bytes, std::chrono::milliseconds interval);

  /// As relay(), for a connection without TLS, or one whose TLS is the other server's. Nothing of
  /// it is recorded.
  void relayTo(int port, const RelayLimits& limits = {});

  /// Closes the connection in an orderly way. (If bytes have not been read, the kernel resets it
  /// instead.)
  void close();
  /// Closes it with FIN, but without a TLS close_notify.
  void cut();
  /// Closes it with RST.
  void reset();

  /// For the server: the TLS handshake, if any; false on failure.
  bool open(ssl_ctx_st* context);
  /// For the server, from another thread: all reads and writes fail from now on.
  void interrupt();

 private:
  bool readMore();

  RawRecord& record_;
  const std::size_t number_;
  std::string unread_;  // received, not yet asked for
  std::unique_ptr<RawStream> stream_;

  std::mutex mutex_;  // guards the members that interrupt() uses
  std::condition_variable interruption_;
  bool interrupted_ = false;
  Socket socket_;
};

}  // namespace heymilo_test
