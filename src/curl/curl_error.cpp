#include "curl/curl_error.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "ascii.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

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

/// libcurl's own words, on one line.
std::string wordsOf(const Transfer& transfer, CURLcode code) {
  std::string words = transfer.error_text;
  if (words.empty()) {
    words = curl_easy_strerror(code);
  }
  std::replace_if(words.begin(), words.end(), ascii::isControl, ' ');
  return words;
}

/// What libcurl says, where it is the TLS library speaking; otherwise its words may be anything.
std::string tlsWordsOf(const Transfer& transfer) {
  const std::string_view words = transfer.error_text;
  return words.find("SSL") == std::string_view::npos ? ""
                                                     : " (" + wordsOf(transfer, CURLE_OK) + ")";
}

const char* connectFailure(long os_error) {
  const std::error_code error(static_cast<int>(os_error), std::system_category());
  if (error == std::errc::connection_refused) {
    return "connection refused";
  }
  if (error == std::errc::network_unreachable || error == std::errc::host_unreachable) {
    return "no route to it";
  }
  return "no connection";
}

/// How far the transfer had come when its time was over.
std::string phaseOf(const Transfer& transfer, const std::string& endpoint) {
  if (transfer.starts == 0) {
    return "connecting to " + endpoint;
  }
  if (transfer.body_taken < transfer.request.body.size()) {
    return "sending the request to " + endpoint;
  }
  if (!transfer.response.begun()) {
    return "waiting for the answer of " + endpoint;
  }
  return "reading the answer of " + endpoint;
}

std::string timeoutMessage(const Transfer& transfer, const std::string& endpoint) {
  const HttpRequest& request = transfer.request;
  auto limit = request.timeout;
  if (transfer.starts == 0 && request.connect_timeout.count() > 0 &&
      (limit.count() == 0 || request.connect_timeout < limit)) {
    limit = request.connect_timeout;
  }
  return phaseOf(transfer, endpoint) + ": not done within " + std::to_string(limit.count()) + " ms";
}

[[noreturn]] void throwRefusedAnswer(const Transfer& transfer, const std::string& endpoint) {
  std::string what = "reading the answer of " + endpoint + ": ";
  switch (transfer.response.refusal()) {
    case ResponseReader::Refusal::headers_too_large:
      what += "its headers are longer than " + std::to_string(ResponseReader::kMaxHeaderBytes) +
              " bytes";
      break;
    case ResponseReader::Refusal::no_such_length:
      what += "its Content-Length is no length, or there are two";
      break;
    case ResponseReader::Refusal::out_of_memory:
      what += "out of memory";
      break;
    case ResponseReader::Refusal::none:
    case ResponseReader::Refusal::body_too_large:
      what += "its body is longer than max_response_bytes, " +
              std::to_string(transfer.request.max_response_bytes);
      break;
  }
  throw TransportError(what, transfer.outcomeWithoutAnswer());
}

/// Where no connection came about, or the one there was broke.
[[noreturn]] void throwBrokenConnection(const EasyHandle& handle, const Transfer& transfer,
                                        CURLcode code, const std::string& endpoint) {
  const Outcome outcome = transfer.outcomeWithoutAnswer();
  const long proxy_status = handle.info(CURLINFO_HTTP_CONNECTCODE);
  if (transfer.starts == 0 && proxy_status >= 300) {
    throw ConnectionError("connecting to " + endpoint + ": the proxy refuses, with status " +
                              std::to_string(proxy_status),
                          outcome);
  }
  if (transfer.starts > 1 || code == CURLE_SEND_FAIL_REWIND) {  // libcurl wanted to send again
    throw ConnectionError(
        "a connection to " + endpoint + " that was kept open broke before an answer came", outcome);
  }
  // libcurl calls it the same where the chunks of a body do not fit together.
  const bool maybe_not_http = code == CURLE_RECV_ERROR && transfer.response.begun();
  throw ConnectionError(phaseOf(transfer, endpoint) + ": the connection broke" +
                            (maybe_not_http ? ", or what came is not HTTP" : "") +
                            tlsWordsOf(transfer),
                        outcome);
}

[[noreturn]] void throwTransportError(const EasyHandle& handle, const Transfer& transfer,
                                      TransferResult result) {
  const std::string endpoint = endpointOf(transfer.request.url);
  const Outcome outcome = transfer.outcomeWithoutAnswer();
  if (result.cancelled) {
    throw CancelledError(phaseOf(transfer, endpoint) + ": cancelled", outcome);
  }
  if (transfer.response.refusal() != ResponseReader::Refusal::none) {
    throwRefusedAnswer(transfer, endpoint);
  }
  switch (result.code) {
    case CURLE_OPERATION_TIMEDOUT:
      throw TimeoutError(timeoutMessage(transfer, endpoint), outcome);

    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      throw ConnectionError("connecting to " + endpoint + ": " + wordsOf(transfer, result.code),
                            outcome);
    case CURLE_COULDNT_CONNECT:
      if (handle.info(CURLINFO_HTTP_CONNECTCODE) == 0) {
        throw ConnectionError(
            "connecting to " + endpoint + ": " + connectFailure(handle.info(CURLINFO_OS_ERRNO)),
            outcome);
      }
      throwBrokenConnection(handle, transfer, result.code, endpoint);

    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
      throw ConnectionError(
          "TLS with " + endpoint + ": " + wordsOf(transfer, result.code), outcome, true);
    case CURLE_SSL_CONNECT_ERROR:
      throw ConnectionError("TLS with " + endpoint + ": " + wordsOf(transfer, result.code),
                            outcome);

    case CURLE_OK:  // headers that are cut short are no error to libcurl
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      throwBrokenConnection(handle, transfer, result.code, endpoint);

#if CURL_AT_LEAST_VERSION(8, 6, 0)
    case CURLE_TOO_LARGE:
#endif
    case CURLE_OUT_OF_MEMORY:  // which is what libcurl calls a line that is longer than it takes
      throw TransportError(
          phaseOf(transfer, endpoint) + ": out of memory, or a header line that is too long",
          outcome);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      if (transfer.starts > 0) {
        throw TransportError("reading the answer of " + endpoint + ": what came is not HTTP",
                             outcome);
      }
      [[fallthrough]];
    default:
      throw TransportError(phaseOf(transfer, endpoint) + ": " + curl_easy_strerror(result.code),
                           outcome);
  }
}

}  // namespace

HttpResponse answerOf(const EasyHandle& handle, Transfer& transfer, TransferResult result) {
  const bool answered = result.code == CURLE_OK && transfer.response.headersComplete();
  if (result.cancelled || !(answered || transfer.response.enough())) {
    throwTransportError(handle, transfer, result);
  }
  return transfer.response.take();
}

}  // namespace heymilo
