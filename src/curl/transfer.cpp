#include "curl/transfer.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <string_view>

#include "curl/idle_limits.hpp"
#include "curl/proxy_in_use.hpp"
#include "types/status_outcome.hpp"

namespace heymilo {

namespace {

// The callbacks that libcurl calls. An exception must not pass through libcurl.
extern "C" {

static std::size_t onHeader(char* line, std::size_t size, std::size_t count, void* user) noexcept {
  auto& response = static_cast<Transfer*>(user)->response;
  return response.readHeader({line, size * count}) ? size * count : 0;
}

static std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* user) noexcept {
  auto& response = static_cast<Transfer*>(user)->response;
  // 0 is the correct return value for an empty write.
  return response.readBody({bytes, size * count}) ? size * count : size * count + 1;
}

static std::size_t onRead(char* space, std::size_t size, std::size_t count, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string& body = transfer.request.body;
  const std::size_t taken = (std::min)(size * count, body.size() - transfer.body_taken);
  std::copy_n(body.data() + transfer.body_taken, taken, space);
  transfer.body_taken += taken;
  return taken;
}

/// libcurl calls this on a connection that is established, TLS included, or reused, right before it
/// writes the request, and before each time that it would write it again.
static int onStart(void* user, char* remote_ip, char* local_ip, int remote_port,
                   int local_port) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  // If a kept-alive connection breaks before a response, libcurl sends the request again
  // automatically, even a POST. The server may have processed the first one: whether to retry is
  // the caller's decision.
  if (transfer.starts > 0) {
    ++transfer.starts;
    return CURL_PREREQFUNC_ABORT;
  }
  try {
    transfer.turned_away =
        !transfer.sockets.begin(transfer, {local_ip, local_port}, {remote_ip, remote_port});
    transfer.refused =
        !transfer.turned_away && transfer.request.may_send && !transfer.request.may_send();
  } catch (...) {
    return CURL_PREREQFUNC_ABORT;  // out of memory
  }
  if (transfer.turned_away || transfer.refused) {
    transfer.forbidReuse(true);
    return CURL_PREREQFUNC_ABORT;
  }
  transfer.starts = 1;
  if (transfer.sentWithHead()) {
    transfer.body_taken = transfer.request.body.size();
  }
  return CURL_PREREQFUNC_OK;
}

}  // extern "C"

/// 0 stays 0; a value too long for libcurl becomes its longest, some 24 days.
long milliseconds(std::chrono::milliseconds time) noexcept {
  constexpr std::chrono::milliseconds kLongest{(std::numeric_limits<int>::max)()};
  return static_cast<long>((std::min)(time, kLongest).count());
}

}  // namespace

/// Checked before anything is sent: for some invalid proxy settings libcurl connects without the
/// proxy, and sends the key. The environment may have changed since the last request; the option
/// has already been checked.
void Transfer::refuseUnusableProxy() const {
  const std::optional<ProxyInUse> used = proxy ? std::nullopt : proxyInUse(request.url, proxy);
  if (used && !used->usable()) {
    throw ConnectionError("invalid proxy in " + used->named_by + ": it " + kNotAProxyUrl,
                          Outcome::not_sent,
                          true,
                          ConnectionFault::proxy);
  }
}

void Transfer::attach(EasyHandle& handle) {
  handle.set(CURLOPT_PATH_AS_IS, 1L);
  handle.set(CURLOPT_PREREQFUNCTION, &onStart);
  handle.set(CURLOPT_HEADERFUNCTION, &onHeader);
  handle.set(CURLOPT_WRITEFUNCTION, &onBody);
  handle.set(CURLOPT_READFUNCTION, &onRead);
}

void Transfer::prepare(EasyHandle& handle, HeaderLines& lines) {
  easy_ = handle.get();
  refuseUnusableProxy();
  const auto unlimited = (std::chrono::milliseconds::max)();
  handle.set(CURLOPT_URL, request.url.c_str());
  handle.set(CURLOPT_HTTPHEADER, lines.of(request.headers));
  prepareMethod(handle);
  handle.set(CURLOPT_TIMEOUT_MS, milliseconds(request.timeout));
  // 0 would mean libcurl's default of 5 minutes.
  handle.set(
      CURLOPT_CONNECTTIMEOUT_MS,
      milliseconds(request.connect_timeout.count() == 0 ? unlimited : request.connect_timeout));
  handle.set(
      CURLOPT_MAXAGE_CONN,
      static_cast<long>((request.idempotent ? kLongestIdle : kLongestIdleForWrites).count()));
  void* const self = this;
  handle.set(CURLOPT_PREREQDATA, self);
  handle.set(CURLOPT_HEADERDATA, self);
  handle.set(CURLOPT_WRITEDATA, self);
  handle.set(CURLOPT_READDATA, self);
  handle.set(CURLOPT_ERRORBUFFER, static_cast<char*>(error_text));
}

/// All that a previous request of the handle may have set is set again.
void Transfer::prepareMethod(EasyHandle& handle) {
  const std::string& method = request.method;
  // Of these a server expects content: without a body they announce one of length 0 (RFC 9110,
  // section 8.6).
  const bool has_content = method == "POST" || method == "PUT" || method == "PATCH";
  if (!has_content && method != "GET" && method != "DELETE") {
    throw TransportError("the method is not GET, POST, PUT, PATCH or DELETE", Outcome::not_sent);
  }
  if (has_content || (method == "DELETE" && !request.body.empty())) {
    // A body that is not sent with the head comes from a callback, so that it is known how much can
    // have been sent.
    handle.set(CURLOPT_POSTFIELDS, sentWithHead() ? request.body.c_str() : nullptr);
    handle.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    handle.set(CURLOPT_POST, 1L);
  } else {
    handle.set(CURLOPT_HTTPGET, 1L);
  }
  handle.set(CURLOPT_CUSTOMREQUEST, method == "GET" || method == "POST" ? nullptr : method.c_str());
}

// A small body goes out in one piece with the head: one system call, one packet and one wake-up of
// the server less. libcurl does not say how much of such a piece it got rid of.
bool Transfer::sentWithHead() const noexcept {
  constexpr std::size_t kSmall = std::size_t{16} << 10;
  return request.body.size() <= kSmall;
}

bool Transfer::hasResponse(TransferResult result) const noexcept {
  // libcurl does not report truncated headers as an error.
  const bool complete = result.code == CURLE_OK && response.headersComplete();
  return !result.cancelled && (complete || response.enough());
}

// A server may respond before it has read the request. If the response leaves the outcome of a
// write unknown, nothing more of the request may arrive after the call: the caller may look for the
// write then.
bool Transfer::keepsConnection(TransferResult result) const noexcept {
  const int status = response.status();
  const bool success = status >= 200 && status < 300;
  return hasResponse(result) &&
         (request.idempotent || success || outcomeOf(status) != Outcome::unknown);
}

void Transfer::end(TransferResult result) noexcept {
  if (keepsConnection(result)) {
    sockets.finish(*this);
  } else {
    sockets.abandon(*this);
    forbidReuse(true);
  }
}

// libcurl keeps an HTTP/2 connection when a stream ends; 8.23 would reuse it again and again
// without checking it.
void Transfer::forbidReuse(bool yes) noexcept {
  if (easy_ != nullptr) {
    static_cast<void>(curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, yes ? 1L : 0L));
  }
}

CURLcode Transfer::prepareAgain() noexcept {
  turned_away = false;
  error_text[0] = '\0';
  forbidReuse(false);
  return curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
}

Outcome Transfer::outcomeWithoutResponse() const noexcept {
  const bool sent_whole = starts > 0 && body_taken == request.body.size();
  return sent_whole ? Outcome::unknown : Outcome::not_sent;
}

}  // namespace heymilo
