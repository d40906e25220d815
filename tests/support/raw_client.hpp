#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/sockets.hpp"

namespace heymilo_test {

using RawHeaders = std::vector<std::pair<std::string, std::string>>;

/// An HTTP response as received on the wire.
struct RawAnswer {
  int status = 0;
  std::string head;  ///< status line and header lines, the empty one included
  std::string body;

  /// The value of the first field of that name.
  std::optional<std::string> header(std::string_view name) const;
  nlohmann::json json() const { return nlohmann::json::parse(body); }
};

/// A connection to 127.0.0.1 that sends the given bytes and returns the received ones: it tests
/// servers independently of the library. Throws std::runtime_error if it can't connect, or has
/// waited for 10 seconds.
class RawClient {
 public:
  /// Adds `always` to each request that it generates itself.
  explicit RawClient(int port, RawHeaders always = {});
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  RawAnswer get(std::string_view target, const RawHeaders& headers = {});
  /// With a Content-Type of application/json, unless `headers` has another.
  RawAnswer post(std::string_view target, std::string_view body, const RawHeaders& headers = {});
  RawAnswer postJson(std::string_view target, const nlohmann::json& body) {
    return post(target, body.dump());
  }
  RawAnswer request(std::string_view method, std::string_view target, std::string_view body = {},
                    const RawHeaders& headers = {});

  /// False if the server has closed.
  bool send(std::string_view bytes);
  /// Signals the server the end of the stream.
  void endSending();
  /// The next response; empty if the connection ended before it was complete.
  std::optional<RawAnswer> receive();
  /// All bytes until the end of the connection, including those that receive() did not use.
  std::string receiveToEnd();
  /// Whether the connection was ended by a reset.
  bool wasReset() const { return reset_; }

 private:
  bool readMore();

  const Socket socket_;
  RawHeaders always_;
  std::string unread_;
  bool reset_ = false;
};

}  // namespace heymilo_test
