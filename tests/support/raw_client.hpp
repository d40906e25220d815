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

/// An HTTP answer as it came over the wire.
struct RawAnswer {
  int status = 0;
  std::string head;  ///< status line and header lines, the empty one included
  std::string body;

  /// The value of the first field of that name.
  std::optional<std::string> header(std::string_view name) const;
  nlohmann::json json() const { return nlohmann::json::parse(body); }
};

/// A connection to 127.0.0.1 that sends what it is given and shows what comes: a judge of servers
/// that has nothing in common with the library. Throws std::runtime_error where it can't connect,
/// or has waited for 10 seconds.
class RawClient {
 public:
  /// Sends `always` with each request that it makes itself.
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

  /// False where the server has gone.
  bool send(std::string_view bytes);
  /// Tells the server that nothing more will come.
  void endSending();
  /// The next answer; empty where the connection ended before all of it was there.
  std::optional<RawAnswer> receive();
  /// All bytes until the end of the connection, those included that receive() had no use for.
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
