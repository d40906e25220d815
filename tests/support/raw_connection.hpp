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

/// An HTTP request as it came over the wire.
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

/// What the server's connections write to: all that was seen. May be used by any thread.
class RawRecord {
 public:
  /// Wait until there are that many, for at most 10 seconds; false where there are not.
  bool waitForRequests(std::size_t count) const;
  bool waitForConnections(std::size_t count) const;
  bool waitForFinishedScripts(std::size_t count) const;
  /// Until the scripts of all connections so far have returned.
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

/// The server's end of one connection, in the hands of a script, on the script's thread. What a
/// script reads is recorded. Reads and writes block until the client goes or the server is
/// destroyed; then they fail, and the script is to return.
class RawConnection {
 public:
  RawConnection(RawRecord& record, std::size_t number, Socket socket);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// From 0, in the order of acceptance.
  std::size_t number() const noexcept { return number_; }

  /// The next request, body (Content-Length) included; empty where the client left before its end.
  std::optional<RawRequest> readRequest();
  /// For a script that reads requests in a way of its own.
  void recordRequest(RawRequest request) { record_.addRequest(std::move(request)); }
  /// Reads that many bytes; fewer where the client left.
  std::string readBytes(std::size_t count);
  /// Reads until the client leaves.
  void readToEnd();
  /// Neither reads nor writes until the server is destroyed.
  void stall();

  /// False where the client has left.
  bool send(std::string_view bytes);
  /// Sends one byte after the other, `interval` apart, until the client leaves.
  bool drip(std::string_view bytes, std::chrono::milliseconds interval);

  /// As relay(), for a connection without TLS, or one whose TLS is the other server's. Nothing of
  /// it is recorded.
  void relayTo(int port, const RelayLimits& limits = {});

  /// Ends the connection in an orderly way. (Where bytes have not been read, the kernel resets it
  /// instead.)
  void close();
  /// Ends it with FIN, but without the goodbye of TLS.
  void cut();
  /// Ends it with RST.
  void reset();

  /// For the server: agrees on TLS, or on nothing; false where that fails.
  bool open(ssl_ctx_st* context);
  /// For the server, from another thread: all reads and writes fail from now on.
  void interrupt();

 private:
  bool readMore();

  RawRecord& record_;
  const std::size_t number_;
  std::string unread_;  // received, not yet asked for
  std::unique_ptr<RawStream> stream_;

  std::mutex mutex_;  // over what interrupt() touches
  std::condition_variable interruption_;
  bool interrupted_ = false;
  Socket socket_;
};

}  // namespace heymilo_test
