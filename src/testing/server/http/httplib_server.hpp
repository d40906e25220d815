#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace heymilo::testing::detail {

/// The content of a response for cpp-httplib.
struct HttplibContent {
  int status = 0;
  std::string type{};  ///< empty: no Content-Type
  std::string body{};
};

/// A cpp-httplib server on a port of 127.0.0.1 for the relay in front of it, using documented
/// features only. It validates heads, reads bodies, sends `100 Continue`, and writes responses. No
/// other file uses cpp-httplib.
class HttplibServer {
 public:
  /// The header with the number that identifies a request.
  static constexpr const char* exchange_header = "Exchange";

  /// Returns the response to a valid, completely received request. Called on a thread of the
  /// server. Empty for an unknown exchange.
  using Handler =
      std::function<std::optional<HttplibContent>(std::uint64_t exchange, std::string body)>;

  /// Bodies over `max_body` bytes are refused with 413. Throws std::runtime_error if it can't
  /// listen.
  HttplibServer(std::size_t max_body, Handler handler);
  /// Waits for the end of its connections.
  ~HttplibServer();
  HttplibServer(const HttplibServer&) = delete;
  HttplibServer& operator=(const HttplibServer&) = delete;

  int port() const;
  /// The number of connections accepted so far.
  std::uint64_t accepted() const;
  /// Waits until it has accepted this many. False after `limit`.
  bool awaitAccepted(std::uint64_t count, std::chrono::milliseconds limit) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heymilo::testing::detail
