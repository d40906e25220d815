#include "support/http2.hpp"

#include <map>

namespace heymilo_test::http2 {

namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The number in network byte order, in its lowest `bytes` bytes.
std::string number(std::uint32_t value, int bytes = 4) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text += static_cast<char>((value >> shift) & 0xffU);
  }
  return text;
}

std::uint32_t numberIn(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return value;
}

}  // namespace

Connection::Connection(RawConnection& raw) : raw_(raw) {
  raw_.readBytes(kPreface.size());
  constexpr std::uint32_t kWindow = 1U << 30;
  const std::string initial_window_size = number(0x4, 2) + number(kWindow);
  send(FrameType::settings, 0, 0, initial_window_size);
  send(FrameType::window_update, 0, 0, number(kWindow));
}

std::optional<Request> Connection::readRequest() {
  std::map<std::uint32_t, std::string> bodies;
  for (;;) {
    const std::string head = raw_.readBytes(9);
    if (head.size() < 9) {
      return std::nullopt;
    }
    const std::string payload = raw_.readBytes(numberIn(head.substr(0, 3)));
    const auto type = static_cast<FrameType>(head[3]);
    const auto flags = static_cast<std::uint8_t>(head[4]);
    const std::uint32_t stream = numberIn(head.substr(5));
    if (type == FrameType::settings && (flags & kAck) == 0) {
      send(FrameType::settings, kAck, 0, "");
    } else if (type == FrameType::ping && (flags & kAck) == 0) {
      send(FrameType::ping, kAck, 0, payload);
    } else if (type == FrameType::data) {
      bodies[stream] += payload;
    }
    if ((type == FrameType::headers || type == FrameType::data) && (flags & kEndStream) != 0) {
      Request request{stream, bodies[stream]};
      raw_.recordRequest({raw_.number(), "", request.body});
      return request;
    }
  }
}

bool Connection::answer(std::uint32_t stream, std::string_view body) {
  constexpr std::string_view kStatus200 = "\x88";  // RFC 7541, appendix A, entry 8
  return send(FrameType::headers, kEndHeaders, stream, kStatus200) &&
         send(FrameType::data, kEndStream, stream, body);
}

bool Connection::send(FrameType type, std::uint8_t flags, std::uint32_t stream,
                      std::string_view payload) {
  std::string frame = number(static_cast<std::uint32_t>(payload.size()), 3);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  frame += number(stream);
  frame += payload;
  return raw_.send(frame);
}

bool Connection::resetStream(std::uint32_t stream, std::uint32_t error) {
  return send(FrameType::rst_stream, 0, stream, number(error));
}

bool Connection::goAway(std::uint32_t last_stream, std::uint32_t error) {
  return send(FrameType::goaway, 0, 0, number(last_stream) + number(error));
}

}  // namespace heymilo_test::http2
