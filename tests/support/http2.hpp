#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/raw_connection.hpp"

/// The part of HTTP/2 (RFC 9113) that a scripted server needs.
namespace heymilo_test::http2 {

enum class FrameType : std::uint8_t {
  data = 0,
  headers = 1,
  rst_stream = 3,
  settings = 4,
  ping = 6,
  goaway = 7,
  window_update = 8
};

constexpr std::uint8_t kAck = 0x1;
constexpr std::uint8_t kEndStream = 0x1;
constexpr std::uint8_t kEndHeaders = 0x4;

constexpr std::uint32_t kRefusedStream = 0x7;
constexpr std::uint32_t kHttp11Required = 0xd;

/// A completely received request, as far as tests need it.
struct Request {
  std::uint32_t stream = 0;
  std::string body;
};

/// The server's end of an HTTP/2 connection, over one that has negotiated `h2`.
class Connection {
 public:
  /// Reads the client's preface, and sends settings that allow bodies of 1 GiB.
  explicit Connection(RawConnection& raw);

  /// The next request; empty if the client closed before its end.
  std::optional<Request> readRequest();

  /// Sends a complete response: status 200 and the body.
  bool answer(std::uint32_t stream, std::string_view body);
  bool send(FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload);
  bool resetStream(std::uint32_t stream, std::uint32_t error);
  bool goAway(std::uint32_t last_stream, std::uint32_t error);

 private:
  RawConnection& raw_;
};

}  // namespace heymilo_test::http2
