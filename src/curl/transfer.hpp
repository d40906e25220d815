#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <optional>
#include <string>

#include "curl/easy_handle.hpp"
#include "curl/header_lines.hpp"
#include "curl/response_reader.hpp"
#include "curl/sockets.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

/// One request in progress in libcurl: the data that its callbacks use and record.
struct Transfer {
  /// `used`: the sockets of the multi handle that will run it. Both must outlive the transfer.
  Transfer(const HttpRequest& sent, Sockets& used) noexcept
      : request(sent), sockets(used), response(sent.max_response_bytes) {}
  ~Transfer() { sockets.abandon(*this); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Sets what is the same for all transfers of a handle.
  static void attach(EasyHandle& handle);

  /// Makes an attached handle ready to send the request and to fill `response`, whatever it sent
  /// before. The transfer and `lines` must outlive the handle's perform(). Throws TransportError
  /// (not_sent).
  void prepare(EasyHandle& handle, HeaderLines& lines);

  /// As prepare(), on a new connection, after the transfer was turned away.
  CURLcode prepareAgain() noexcept;

  /// Whether libcurl closes the connection when it ends the transfer.
  void forbidReuse(bool yes) noexcept;

  /// Whether the body is sent together with the head instead of from a callback.
  bool sentWithHead() const noexcept;

  /// Whether libcurl's result is a response.
  bool hasResponse(TransferResult result) const noexcept;

  /// Whether the connection may be kept after this end of the transfer.
  bool keepsConnection(TransferResult result) const noexcept;

  /// Must be called before libcurl discards the transfer. If there is no response, or one that
  /// leaves the outcome of a write unknown, nothing more of the request is sent.
  void end(TransferResult result) noexcept;

  /// The outcome of the request if there is no response.
  Outcome outcomeWithoutResponse() const noexcept;

  const HttpRequest& request;
  Sockets& sockets;
  ResponseReader response;
  int starts = 0;              ///< how often libcurl was about to write the request
  bool turned_away = false;    ///< nothing was written: the connection is closed
  bool refused = false;        ///< nothing was written: HttpRequest::may_send has refused it
  std::size_t body_taken = 0;  ///< how much of the body libcurl may have sent
  char error_text[CURL_ERROR_SIZE] = "";
  std::optional<std::string> proxy{};  ///< ClientOptions::proxy

 private:
  void refuseUnusableProxy() const;
  void prepareMethod(EasyHandle& handle);

  CURL* easy_ = nullptr;
};

}  // namespace heymilo
