#include "curl/response_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#include "base/ascii.hpp"

namespace heymilo {

namespace {

// The most memory reserved for a body that has been announced but not received.
constexpr std::size_t kMaxReservation = std::size_t{64} << 20;

// Space for parsers that read ahead: they then need no copy of the body.
constexpr std::size_t kSpare = 64;

bool isBlank(char c) noexcept { return c == ' ' || c == '\t'; }

std::string_view withoutBlanks(std::string_view text) noexcept {
  while (!text.empty() && isBlank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (isBlank(text.back()) || text.back() == '\r' || text.back() == '\n')) {
    text.remove_suffix(1);
  }
  return text;
}

/// The number after the first space: `HTTP/1.1 200 OK`.
int statusIn(std::string_view line) noexcept {
  line.remove_prefix((std::min)(line.find(' '), line.size()));
  line = withoutBlanks(line);
  int status = 0;
  std::from_chars(line.data(), line.data() + line.size(), status);
  return status;
}

}  // namespace

bool ResponseReader::readHeader(std::string_view line) noexcept {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    refusal_ = Refusal::headers_too_large;
    return false;
  }
  if (complete_) {
    return true;  // trailer
  }
  try {
    addLine(line);
  } catch (...) {
    refusal_ = Refusal::out_of_memory;
  }
  return refusal_ == Refusal::none;
}

void ResponseReader::addLine(std::string_view line) {
  if (!in_headers_) {
    in_headers_ = true;
    constexpr std::size_t kUsual = 12;
    headers_ = {};
    headers_.reserve(kUsual);
    has_field_ = false;
    status_ = statusIn(line);
    return;
  }
  const std::string_view content = withoutBlanks(line);
  if (content.empty()) {
    endHeaders();
    return;
  }
  if (isBlank(line.front())) {  // continues the line before: RFC 9112, section 5.2
    if (has_field_) {
      headers_.continueReceived(content);
    }
    return;
  }
  const std::size_t colon = content.find(':');
  if (colon != std::string_view::npos) {
    has_field_ =
        headers_.addReceived(content.substr(0, colon), withoutBlanks(content.substr(colon + 1)));
  }
}

void ResponseReader::endHeaders() {
  in_headers_ = false;
  if (status_ < 200) {
    return;  // an interim response
  }
  complete_ = true;
  std::size_t length = 0;
  if (!readLength(length)) {
    refusal_ = Refusal::no_such_length;
  } else if (max_body_bytes_ != 0 && length > max_body_bytes_) {
    refusal_ = Refusal::body_too_large;
  } else {
    body_.reserve((std::min)(length, kMaxReservation) + kSpare);
  }
}

/// The length of the body by its headers; 0 if they do not say. False for an invalid Content-Length
/// (RFC 9112, section 6.3): libcurl would use a number's prefix, the last of several values, or the
/// end of the connection, and so accept a truncated body.
bool ResponseReader::readLength(std::size_t& length) const {
  std::optional<std::string_view> given;
  bool encoded = false;
  for (const auto& [name, value] : headers_) {
    // What is transferred, or has yet to be unpacked, has another length than the body.
    encoded = encoded || ascii::equalIgnoringCase(name, "Content-Encoding") ||
              ascii::equalIgnoringCase(name, "Transfer-Encoding");
    if (ascii::equalIgnoringCase(name, "Content-Length")) {
      if (given.value_or(value) != value) {
        return false;
      }
      given = value;
    }
  }
  if (!given) {
    return true;
  }
  std::int64_t number = -1;
  const char* const end = given->data() + given->size();
  const auto [read_to, error] = std::from_chars(given->data(), end, number);
  if (error != std::errc() || read_to != end || number < 0) {
    return false;
  }
  const bool bodiless = status_ == 204 || status_ == 304;  // RFC 9110, section 8.6
  if (!encoded && !bodiless) {
    length = static_cast<std::size_t>(number);
  }
  return true;
}

bool ResponseReader::readBody(std::string_view bytes) noexcept {
  if (max_body_bytes_ != 0 && bytes.size() > max_body_bytes_ - body_.size()) {
    refusal_ = Refusal::body_too_large;
    return false;
  }
  try {
    body_.append(bytes);
  } catch (...) {
    refusal_ = Refusal::out_of_memory;
  }
  return refusal_ == Refusal::none;
}

HttpResponse ResponseReader::take() {
  HttpResponse response;
  response.status = status_;
  response.body = std::move(body_);
  response.headers = std::move(headers_);
  return response;
}

}  // namespace heymilo
