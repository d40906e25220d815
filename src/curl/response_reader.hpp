#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "heymilo/transport.hpp"

namespace heymilo {

/// Assembles an HTTP response from the pieces that libcurl delivers. Interim responses (1xx) and
/// trailers are ignored.
class ResponseReader {
 public:
  /// Limit of the header lines of a response together, including interim responses and trailers.
  static constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;

  enum class Refusal { none, headers_too_large, body_too_large, no_such_length, out_of_memory };

  /// `max_body_bytes`: 0 means no limit.
  explicit ResponseReader(std::size_t max_body_bytes) noexcept : max_body_bytes_(max_body_bytes) {}

  /// Receive a header line, including its CRLF, or a part of the body. False if the rest of the
  /// response must not be read; refusal() then gives the reason.
  bool readHeader(std::string_view line) noexcept;
  bool readBody(std::string_view bytes) noexcept;

  Refusal refusal() const noexcept { return refusal_; }
  /// Whether anything was received.
  bool begun() const noexcept { return header_bytes_ > 0; }
  /// Whether the headers of the final response are complete.
  bool headersComplete() const noexcept { return complete_; }

  /// The status of the response; 0 before its first line.
  int status() const noexcept { return status_; }

  /// Whether the oversized body belongs to an error response (not 2xx): the status decides the
  /// outcome of the request, and the body only explains it. The response keeps the permitted part
  /// of the body.
  bool enough() const noexcept {
    return refusal_ == Refusal::body_too_large && (status_ < 200 || status_ >= 300);
  }

  /// The response; to be called once. Fields with an invalid name are dropped, and control
  /// characters in a value become spaces (RFC 9110, section 5.5).
  HttpResponse take();

 private:
  void addLine(std::string_view line);
  void endHeaders();
  bool readLength(std::size_t& length) const;

  const std::size_t max_body_bytes_;
  Refusal refusal_ = Refusal::none;
  std::size_t header_bytes_ = 0;
  bool in_headers_ = false;
  bool complete_ = false;
  int status_ = 0;
  bool has_field_ = false;  // the latest field is in `headers_`
  Headers headers_;
  std::string body_;
};

}  // namespace heymilo
