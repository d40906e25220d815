#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace heymilo::testing::detail {

/// What cpp-httplib puts into a response.
struct HttplibContent {
  int status = 0;
  std::string type{};  ///< empty: no Content-Type
  std::string body{};
};

/// A server of cpp-httplib on a port of 127.0.0.1 for the relay in front of it, made with what
/// cpp-httplib documents only: it judges heads, reads bodies, says `100 Continue`, and writes
/// responses. The one place that knows cpp-httplib.
class HttplibServer {
 public:
  /// The header with the number that a request is told apart by.
  static constexpr const char* exchange_header = "Exchange";

  /// Gives the response to a request that is valid and has come in whole. Called on a thread of the
  /// server. Empty: there is no such exchange.
  using Handler =
      std::function<std::optional<HttplibContent>(std::uint64_t exchange, std::string body)>;

  /// Bodies over `max_body` bytes are refused with 413. Throws std::runtime_error where it can't
  /// listen.
  HttplibServer(std::size_t max_body, Handler handler);
  /// Waits for its connections' end.
  ~HttplibServer();
  HttplibServer(const HttplibServer&) = delete;
  HttplibServer& operator=(const HttplibServer&) = delete;

  int port() const;
  /// How many connections it has accepted so far.
  std::uint64_t accepted() const;
  /// Waits until it has accepted so many. False where that takes longer than `limit`.
  bool awaitAccepted(std::uint64_t count, std::chrono::milliseconds limit) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heymilo::testing::detail
