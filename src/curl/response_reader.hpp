#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "heymilo/transport.hpp"

namespace heymilo {

/// Puts an HTTP answer together from what libcurl hands over bit by bit. Interim answers (1xx) and
/// trailers are left out.
class ResponseReader {
 public:
  /// Of the lines of an answer's headers together, interim answers and trailers included.
  static constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;

  enum class Refusal { none, headers_too_large, body_too_large, no_such_length, out_of_memory };

  /// `max_body_bytes`: 0 is no limit.
  explicit ResponseReader(std::size_t max_body_bytes) noexcept : max_body_bytes_(max_body_bytes) {}

  /// Take a header line, its CRLF included, or a part of the body. False where the answer is not
  /// to be read any further; refusal() then says why.
  bool readHeader(std::string_view line) noexcept;
  bool readBody(std::string_view bytes) noexcept;

  Refusal refusal() const noexcept { return refusal_; }
  /// Whether anything came.
  bool begun() const noexcept { return header_bytes_ > 0; }
  /// Whether the headers of the answer itself are complete.
  bool headersComplete() const noexcept { return complete_; }

  /// Of the answer; 0 before its first line.
  int status() const noexcept { return status_; }

  /// Whether it is the body of a refusal (no 2xx) that is too large: the status says what became of
  /// the request, and the body only why. The answer has as much of it as may be.
  bool enough() const noexcept {
    return refusal_ == Refusal::body_too_large && (status_ < 200 || status_ >= 300);
  }

  /// The answer; once. Fields whose name is none are left out, and control characters in a value
  /// are spaces (RFC 9110, section 5.5).
  HttpResponse take();

 private:
  void addLine(std::string_view line);
  void addText(std::string_view text);
  void endHeaders();
  bool readLength(std::size_t& length) const;

  const std::size_t max_body_bytes_;
  Refusal refusal_ = Refusal::none;
  std::size_t header_bytes_ = 0;
  bool in_headers_ = false;
  bool complete_ = false;
  int status_ = 0;
  std::string fields_;  // `Name:value`, each with a line feed after it: one block of memory for all
  std::string body_;
};

}  // namespace heymilo
