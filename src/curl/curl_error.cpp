#include "curl/curl_error.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#ifdef _WIN32
#include <winsock2.h>
#else
#include <cerrno>
#endif

#include "base/ascii.hpp"
#include "curl/proxy_in_use.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

constexpr long kCredentialsWanted = 407;

/// `host:port` of a URL.
std::string endpointOf(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  const auto part = [&](CURLUPart name) {
    char* text = nullptr;
    curl_url_get(parsed.get(), name, &text, CURLU_DEFAULT_PORT);
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
    return std::string(text != nullptr ? text : "");
  };
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return "the server";
  }
  return part(CURLUPART_HOST) + ":" + part(CURLUPART_PORT);
}

/// The route of the request, and how far it has come.
class Way {
 public:
  Way(const EasyHandle& handle, const Transfer& transfer)
      : api_(endpointOf(transfer.request.url)),
        proxy_(proxyInUse(transfer.request.url, transfer.proxy)),
        tunnel_status_(handle.info(CURLINFO_HTTP_CONNECTCODE)) {
    ended_at_proxy_ = proxy_ && transfer.starts == 0 && tunnel_status_ / 100 != 2;
  }

  const std::string& api() const noexcept { return api_; }
  /// The API, and the proxy in between.
  std::string peer() const { return api_ + (proxy_ ? " through " + proxyName() : ""); }
  const std::optional<ProxyInUse>& proxy() const noexcept { return proxy_; }
  std::string proxyName() const { return "the proxy " + (proxy_ ? proxy_->endpoint : ""); }
  /// The proxy's status for CONNECT; 0 without a response.
  long tunnelStatus() const noexcept { return tunnel_status_; }
  /// Whether the connection ended at the proxy.
  bool endedAtProxy() const noexcept { return ended_at_proxy_; }
  ConnectionFault fault() const noexcept {
    return ended_at_proxy_ ? ConnectionFault::proxy : ConnectionFault::other;
  }

  /// The first hop: the proxy, if there is one.
  std::string connectingToFirst() const {
    return "connecting to " + (ended_at_proxy_ ? proxyName() : api_);
  }
  std::string apiHost() const { return api_.substr(0, api_.rfind(':')); }
  std::string connecting() const {
    return "connecting to " + api_ + (ended_at_proxy_ ? " through " + proxyName() : "");
  }
  /// The peer of the TLS handshake.
  std::string tlsPeer() const { return ended_at_proxy_ && proxy_->tls ? proxyName() : api_; }

 private:
  std::string api_;
  std::optional<ProxyInUse> proxy_;
  long tunnel_status_;
  bool ended_at_proxy_ = false;
};

/// The TLS library's message from libcurl, on one line. Other messages of libcurl may quote a
/// proxy's URL with its password, and are not passed on.
std::string wordsOf(const Transfer& transfer, CURLcode code) {
  std::string words = transfer.error_text;
  if (words.empty() || words.find('@') != std::string::npos) {
    words = curl_easy_strerror(code);
  }
  std::replace_if(words.begin(), words.end(), ascii::isControl, ' ');
  return words;
}

/// libcurl's message if it is from the TLS library; other messages may contain anything.
std::string tlsWordsOf(const Transfer& transfer) {
  const std::string_view words = transfer.error_text;
  return words.find("SSL") == std::string_view::npos ? ""
                                                     : " (" + wordsOf(transfer, CURLE_OK) + ")";
}

// Winsock's own numbers: not every standard library maps them to std::errc.
#ifdef _WIN32
constexpr long kRefused = WSAECONNREFUSED;
constexpr long kNetworkUnreachable = WSAENETUNREACH;
constexpr long kHostUnreachable = WSAEHOSTUNREACH;
#else
constexpr long kRefused = ECONNREFUSED;
constexpr long kNetworkUnreachable = ENETUNREACH;
constexpr long kHostUnreachable = EHOSTUNREACH;
#endif

const char* connectFailure(long os_error) {
  switch (os_error) {
    case kRefused:
      return "connection refused";
    case kNetworkUnreachable:
    case kHostUnreachable:
      return "no route to host";
    default:
      return "connection failed";
  }
}

/// The phase of the transfer when it timed out.
std::string phaseOf(const Transfer& transfer, const Way& way) {
  const std::string endpoint = way.peer();
  if (transfer.starts == 0) {
    return way.connecting();
  }
  if (transfer.body_taken < transfer.request.body.size()) {
    return "sending the request to " + endpoint;
  }
  if (!transfer.response.begun()) {
    return "waiting for the response from " + endpoint;
  }
  return "reading the response from " + endpoint;
}

std::string timeoutMessage(const Transfer& transfer, const Way& way) {
  const HttpRequest& request = transfer.request;
  auto limit = request.timeout;
  if (transfer.starts == 0 && request.connect_timeout.count() > 0 &&
      (limit.count() == 0 || request.connect_timeout < limit)) {
    limit = request.connect_timeout;
  }
  return phaseOf(transfer, way) + ": timed out after " + std::to_string(limit.count()) + " ms";
}

[[noreturn]] void throwRefusedResponse(const Transfer& transfer, const std::string& endpoint) {
  std::string what = "reading the response from " + endpoint + ": ";
  switch (transfer.response.refusal()) {
    case ResponseReader::Refusal::headers_too_large:
      what += "headers longer than " + std::to_string(ResponseReader::kMaxHeaderBytes) + " bytes";
      break;
    case ResponseReader::Refusal::no_such_length:
      what += "invalid or duplicate Content-Length";
      break;
    case ResponseReader::Refusal::out_of_memory:
      what += "out of memory";
      break;
    case ResponseReader::Refusal::none:
    case ResponseReader::Refusal::body_too_large:
      what += "body longer than max_response_bytes, " +
              std::to_string(transfer.request.max_response_bytes);
      break;
  }
  throw TransportError(what, transfer.outcomeWithoutResponse());
}

/// The proxy has responded and refuses the connection to the API.
[[noreturn]] void throwRefusedByProxy(const std::string& connecting, long status, Outcome outcome) {
  constexpr long kRequestTimeout = 408, kTooMany = 429;
  const bool permanent = status < 500 && status != kRequestTimeout && status != kTooMany;
  throw ConnectionError(
      connecting + ": refused by the proxy with status " + std::to_string(status) +
          (status == kCredentialsWanted ? ": it requires a valid user name and password" : ""),
      outcome,
      permanent,
      ConnectionFault::proxy);
}

/// With socks4 and socks5 the proxy does not resolve the API's host name.
[[noreturn]] void throwUnknownApi(const Way& way, Outcome outcome) {
  throw ConnectionError(way.connecting() + ": could not resolve host " + way.apiHost(), outcome);
}

/// libcurl can't resolve a host, and there is a proxy. Older versions treat a socks proxy as a
/// host; the API's host, which it is asked for, has a separate error (CURLPX_RESOLVE_HOST).
bool isApiThatIsUnknown() {
  constexpr unsigned kSince = 0x080e00;  // 8.14 distinguishes the proxy
  return curl_version_info(CURLVERSION_NOW)->version_num >= kSince;
}

/// The meaning of libcurl's code. 8.23 reports an unusable private key as a bad argument.
CURLcode meaningOf(CURLcode code, const Transfer& transfer) {
  const bool tls = transfer.request.url.compare(0, 6, "https:") == 0;
  return code == CURLE_BAD_FUNCTION_ARGUMENT && tls && transfer.starts == 0 ? CURLE_SSL_CERTPROBLEM
                                                                            : code;
}

#if CURL_AT_LEAST_VERSION(7, 73, 0)
/// A socks proxy refuses the connection to the API.
[[noreturn]] void throwRefusedBySocks(const EasyHandle& handle, const Way& way, Outcome outcome) {
  const long reason = handle.info(CURLINFO_PROXY_ERROR);
  if (reason == CURLPX_RESOLVE_HOST) {
    throwUnknownApi(way, outcome);
  }
  const bool credentials = reason == CURLPX_NO_AUTH || reason == CURLPX_USER_REJECTED ||
                           reason == CURLPX_BAD_ADDRESS_TYPE || reason == CURLPX_BAD_VERSION ||
                           reason == CURLPX_IDENTD || reason == CURLPX_IDENTD_DIFFER ||
                           reason == CURLPX_GSSAPI || reason == CURLPX_GSSAPI_PERMSG ||
                           reason == CURLPX_GSSAPI_PROTECTION;
  throw ConnectionError(
      way.connecting() + (credentials ? ": the proxy rejected this client's credentials"
                                      : ": the proxy could not connect"),
      outcome,
      credentials,
      ConnectionFault::proxy);
}
#endif

/// The connection failed or broke.
[[noreturn]] void throwBrokenConnection(const Transfer& transfer, CURLcode code, const Way& way) {
  const std::string endpoint = way.peer();
  const Outcome outcome = transfer.outcomeWithoutResponse();
  if (transfer.starts == 0 && way.tunnelStatus() >= 300) {
    throwRefusedByProxy(way.connecting(), way.tunnelStatus(), outcome);
  }
  if (transfer.starts > 1 || code == CURLE_SEND_FAIL_REWIND) {  // libcurl tried to send again
    throw ConnectionError(
        "a connection to " + endpoint + " that was kept open broke before the response", outcome);
  }
  // libcurl reports malformed chunks with the same code.
  const bool maybe_not_http = code == CURLE_RECV_ERROR && transfer.response.begun();
  throw ConnectionError(phaseOf(transfer, way) + ": the connection broke" +
                            (maybe_not_http ? ", or the response is not HTTP" : "") +
                            tlsWordsOf(transfer),
                        outcome,
                        false,
                        way.fault());
}

[[noreturn]] void throwTransportError(const EasyHandle& handle, const Transfer& transfer,
                                      TransferResult result) {
  const Way way(handle, transfer);
  const std::string endpoint = way.peer();
  const Outcome outcome = transfer.outcomeWithoutResponse();
  if (result.cancelled) {
    throw CancelledError(phaseOf(transfer, way) + ": cancelled", outcome);
  }
  if (transfer.refused) {
    throw TransportError(way.connecting() + ": not sent, since HttpRequest::may_send refused it",
                         outcome);
  }
  if (transfer.response.refusal() != ResponseReader::Refusal::none) {
    throwRefusedResponse(transfer, endpoint);
  }
  switch (meaningOf(result.code, transfer)) {
    case CURLE_OPERATION_TIMEDOUT:
      throw TimeoutError(timeoutMessage(transfer, way), outcome);

    case CURLE_COULDNT_RESOLVE_HOST:
      if (!way.proxy()) {
        throw ConnectionError("connecting to " + endpoint + ": could not resolve host", outcome);
      }
      if (isApiThatIsUnknown()) {
        throwUnknownApi(way, outcome);
      }
      [[fallthrough]];
    case CURLE_COULDNT_RESOLVE_PROXY:
      throw ConnectionError("connecting to " + way.proxyName() + ": could not resolve host",
                            outcome,
                            false,
                            ConnectionFault::proxy);
    case CURLE_COULDNT_CONNECT:
      if (way.tunnelStatus() == 0) {
        throw ConnectionError(
            way.connectingToFirst() + ": " + connectFailure(handle.info(CURLINFO_OS_ERRNO)),
            outcome,
            false,
            way.fault());
      }
      throwBrokenConnection(transfer, result.code, way);
#if CURL_AT_LEAST_VERSION(7, 73, 0)
    case CURLE_PROXY:
      throwRefusedBySocks(handle, way, outcome);
#endif

    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      throw ConnectionError("TLS with " + way.tlsPeer() + ": " + wordsOf(transfer, result.code),
                            outcome,
                            true,
                            ConnectionFault::certificate);
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CLIENTCERT:
      throw ConnectionError(
          "TLS with " + way.tlsPeer() + ": " + wordsOf(transfer, result.code), outcome, true);
    case CURLE_SSL_CONNECT_ERROR:
      throw ConnectionError("TLS with " + way.tlsPeer() + ": " + wordsOf(transfer, result.code),
                            outcome,
                            false,
                            way.fault());

    case CURLE_OK:  // libcurl does not report truncated headers as an error
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      throwBrokenConnection(transfer, result.code, way);

#if CURL_AT_LEAST_VERSION(8, 6, 0)
    case CURLE_TOO_LARGE:
#endif
    case CURLE_OUT_OF_MEMORY:  // libcurl's code for a line that is too long, too
      throw TransportError(phaseOf(transfer, way) + ": out of memory, or header line too long",
                           outcome);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      if (transfer.starts > 0) {
        throw TransportError("reading the response from " + endpoint + ": the response is not HTTP",
                             outcome);
      }
      [[fallthrough]];
    default:
      throw TransportError(phaseOf(transfer, way) + ": " + curl_easy_strerror(result.code),
                           outcome);
  }
}

/// Only a proxy sends this status. An http proxy sends it for an http URL, which is not tunnelled;
/// in any other case the status may be from a gateway of the API.
void refuseProxysStatus(const Transfer& transfer) {
  const auto proxy = proxyInUse(transfer.request.url, transfer.proxy);
  const std::string_view url = transfer.request.url;
  if (proxy && proxy->http && ascii::equalIgnoringCase(url.substr(0, url.find(':')), "http")) {
    throwRefusedByProxy("connecting to " + endpointOf(transfer.request.url) +
                            " through the proxy " + proxy->endpoint,
                        kCredentialsWanted,
                        Outcome::not_sent);
  }
}

}  // namespace

HttpResponse responseOf(const EasyHandle& handle, Transfer& transfer, TransferResult result) {
  if (!transfer.hasResponse(result)) {
    throwTransportError(handle, transfer, result);
  }
  HttpResponse response = transfer.response.take();
  if (response.status == kCredentialsWanted) {
    refuseProxysStatus(transfer);
  }
  return response;
}

}  // namespace heymilo
