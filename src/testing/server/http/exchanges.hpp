#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "testing/server/api/reply.hpp"
#include "testing/server/http/httplib_server.hpp"

namespace heymilo::testing::detail {

/// The requests in progress in cpp-httplib, by number: the relay begins and ends an exchange,
/// cpp-httplib asks for the reply in between. Thread-safe.
class Exchanges {
 public:
  using Handler = std::function<Reply(RecordedRequest)>;

  explicit Exchanges(Handler handle) : handle_(std::move(handle)) {}

  /// For a request whose head has been received.
  std::uint64_t begin(RecordedRequest head);
  /// For an invalid request: the reply is known.
  std::uint64_t begin(Reply reply);
  /// The content of the reply to a completely received request.
  std::optional<HttplibContent> respond(std::uint64_t number, std::string body);
  /// The rest of the reply. Empty if content() was not called.
  std::optional<Reply> end(std::uint64_t number);

 private:
  struct Exchange {
    RecordedRequest request{};
    std::optional<Reply> reply{};
    bool responded = false;
  };

  std::uint64_t add(Exchange exchange);

  const Handler handle_;
  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<Exchange>> exchanges_;
  std::uint64_t last_number_ = 0;
};

}  // namespace heymilo::testing::detail
