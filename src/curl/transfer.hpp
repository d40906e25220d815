#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "curl/easy_handle.hpp"
#include "curl/response_reader.hpp"
#include "curl/sockets.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

/// One request on its way through libcurl: what its callbacks work on, and what they learn.
struct Transfer {
  /// `used` are the sockets of the multi handle that will run it. Both must outlive the transfer.
  Transfer(const HttpRequest& sent, Sockets& used) noexcept
      : request(sent), sockets(used), response(sent.max_response_bytes) {}
  ~Transfer() { sockets.abandon(*this); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Makes the handle ready to send the request and to fill `response`. The transfer must outlive
  /// the handle's perform(). Throws TransportError (not_sent).
  void prepare(EasyHandle& handle);

  /// The same again, on a connection of its own, after it was turned away.
  CURLcode prepareAgain() noexcept;

  /// Whether libcurl closes the connection when it ends the transfer.
  void forbidReuse(bool yes) noexcept;

  /// Whether the body goes to the network together with the head, not from a callback.
  bool sentWithHead() const noexcept;

  /// Whether what libcurl has made of it is an answer.
  bool answered(TransferResult result) const noexcept;

  /// Whether the connection may go on after this end of the transfer.
  bool keepsConnection(TransferResult result) const noexcept;

  /// To be told of its end before libcurl forgets the transfer: where there is no answer, or one
  /// that leaves the outcome of a write unknown, nothing of the request is sent any more.
  void end(TransferResult result) noexcept;

  /// What became of the request where no answer came.
  Outcome outcomeWithoutAnswer() const noexcept;

  const HttpRequest& request;
  Sockets& sockets;
  ResponseReader response;
  int starts = 0;              ///< how often libcurl was about to write the request
  bool turned_away = false;    ///< nothing was written: the connection is over
  std::size_t body_taken = 0;  ///< how much of the body libcurl can have sent
  char error_text[CURL_ERROR_SIZE] = "";
  std::optional<std::string> proxy{};  ///< ClientOptions::proxy

 private:
  void refuseUnusableProxy() const;
  void prepareMethod(EasyHandle& handle);

  struct DeleteList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };
  using HeaderList = std::unique_ptr<curl_slist, DeleteList>;

  static HeaderList headerLines(const HttpRequest& request);

  CURL* easy_ = nullptr;
  HeaderList header_lines_;
};

}  // namespace heymilo
