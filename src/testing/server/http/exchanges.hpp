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

/// The requests that are with cpp-httplib, by a number of each: the relay begins and ends an
/// exchange, cpp-httplib asks for the reply in between. Used by any thread.
class Exchanges {
 public:
  using Handler = std::function<Reply(RecordedRequest)>;

  explicit Exchanges(Handler handle) : handle_(std::move(handle)) {}

  /// Of a request whose head has come.
  std::uint64_t begin(RecordedRequest head);
  /// Of a request that is none: the reply is known.
  std::uint64_t begin(Reply reply);
  /// The content of the reply to a request that has come in whole.
  std::optional<HttplibContent> respond(std::uint64_t number, std::string body);
  /// The rest of the reply. Empty where it was not asked for.
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
