#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "testing/server/api/reply.hpp"
#include "testing/server/http/connection.hpp"
#include "testing/server/http/exchanges.hpp"
#include "testing/server/http/httplib_server.hpp"
#include "testing/server/http/message_reading.hpp"
#include "testing/server/http/request_head.hpp"
#include "testing/server/http/upstreams.hpp"

namespace heymilo::testing::detail {

struct RelayOptions {
  std::size_t max_body = 0;
  bool compression = false;
  std::chrono::milliseconds keep_alive_timeout{0};  ///< sent to clients
  std::function<Reply(RecordedRequest)> handle{};   ///< see HttpServerOptions
  std::function<Reply(int status)> refuse{};        ///< see HttpServerOptions
};

/// Forwards a request from its client to cpp-httplib, as bytes, and returns the response, which the
/// caller then delays or changes. Thread-safe.
class Relay {
 public:
  struct Response {
    std::string bytes{};  ///< to be sent unchanged
    Delivery delivery{};
    bool last = false;  ///< the connection ends afterwards
  };

  /// Throws std::runtime_error if cpp-httplib can't listen.
  explicit Relay(RelayOptions options);

  /// Reads the body of the request from its client, and returns the response, or the refusal.
  /// Empty: the connection must be closed.
  std::optional<Response> request(Connection& client, const RequestHead& head);
  /// Reads exactly this many bytes of the body.
  void interrupt(Connection& client, const RequestHead& head, std::size_t bytes);
  /// The refusal of an invalid request.
  std::optional<Response> refusal(int status);

 private:
  enum class Passed { whole, early, broken, invalid };
  struct Passage {
    Passed passed = Passed::whole;
    std::optional<ReceivedResponse> response{};  // early: it was received before the body
  };

  static Passage pass(Connection& client, Connection& upstream, const std::string& head,
                      bool expects_continue, BodyEnd end, std::size_t limit);
  Response assemble(const ReceivedResponse& response, Reply reply, bool last) const;

  const RelayOptions options_;
  Exchanges exchanges_;
  HttplibServer httplib_;
  Upstreams upstreams_;
};

}  // namespace heymilo::testing::detail
