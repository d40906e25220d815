#include "curl/curl_options.hpp"

#include "curl/easy_handle.hpp"
#include "curl/proxy_in_use.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

void checkText(const char* param, const std::optional<std::string>& text) {
  if (text && text->find('\0') != std::string::npos) {
    throw InvalidArgumentError(param, "must not contain a zero byte");
  }
}

void checkProxy(const std::optional<std::string>& proxy) {
  checkText("proxy", proxy);
  if (!proxy || proxy->empty()) {
    return;
  }
  if (!readProxy("proxy", *proxy).usable()) {
    throw InvalidArgumentError("proxy", kNotAProxyUrl);
  }
}

/// The certificates of the server and of an https proxy must be issued by one of these CAs.
void trustOnly(EasyHandle& handle, const TlsOptions& tls) {
  const char* const file = tls.ca_file ? tls.ca_file->c_str() : nullptr;
  const char* const folder = tls.ca_dir ? tls.ca_dir->c_str() : nullptr;
  handle.set(CURLOPT_CAINFO, file);
  handle.setWhereKnown(CURLOPT_PROXY_CAINFO, file);
  if (folder != nullptr) {
    handle.set(CURLOPT_CAPATH, folder);
  } else {
    handle.setWhereKnown(CURLOPT_CAPATH, folder);
  }
  handle.setWhereKnown(CURLOPT_PROXY_CAPATH, folder);
}

}  // namespace

void check(const CurlOptions& options) {
  checkProxy(options.proxy);
  checkText("tls.ca_file", options.tls.ca_file);
  checkText("tls.ca_dir", options.tls.ca_dir);
  checkText("tls.client_cert_file", options.tls.client_cert_file);
  checkText("tls.client_key_file", options.tls.client_key_file);
  if (options.tls.client_key_file && !options.tls.client_cert_file) {
    throw InvalidArgumentError("tls.client_key_file", "requires client_cert_file");
  }
}

void configure(EasyHandle& handle, const CurlOptions& options) {
  handle.set(CURLOPT_NOSIGNAL, 1L);
#if CURL_AT_LEAST_VERSION(7, 85, 0)
  handle.set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  handle.set(CURLOPT_PROTOCOLS, long{CURLPROTO_HTTP | CURLPROTO_HTTPS});
#endif
  handle.set(CURLOPT_FOLLOWLOCATION, 0L);  // X-API-KEY would be sent to any host
  handle.set(CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
  handle.set(CURLOPT_HTTP09_ALLOWED, 0L);
  handle.setWhereKnown(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
  handle.set(CURLOPT_ACCEPT_ENCODING, "");  // decodes; HeaderLines says what is accepted
  handle.set(CURLOPT_BUFFERSIZE, 256L << 10);
  handle.set(CURLOPT_TCP_NODELAY, 1L);
#if CURL_AT_LEAST_VERSION(7, 87, 0) && !defined(_WIN32)
  // A DNS lookup can't be interrupted. Without this option, ending a transfer waits for the
  // lookup's thread; with it, the thread ends after its lookup.
  handle.setWhereKnown(CURLOPT_QUICK_EXIT, 1L);
#endif

  handle.set(CURLOPT_SSL_VERIFYPEER, 1L);
  handle.set(CURLOPT_SSL_VERIFYHOST, 2L);
  handle.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (options.tls.ca_file || options.tls.ca_dir) {
    trustOnly(handle, options.tls);
  }
  if (options.tls.client_cert_file) {
    handle.set(CURLOPT_SSLCERT, options.tls.client_cert_file->c_str());
    const auto& key_file =
        options.tls.client_key_file ? options.tls.client_key_file : options.tls.client_cert_file;
    handle.set(CURLOPT_SSLKEY, key_file->c_str());
    handle.set(CURLOPT_KEYPASSWD, "");  // or OpenSSL asks on the terminal
  }

  handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  handle.set(CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});  // no request headers to the proxy
  if (options.proxy) {
    handle.set(CURLOPT_PROXY, options.proxy->c_str());
    handle.set(CURLOPT_NOPROXY, "");  // or the environment's exceptions apply
  }
}

}  // namespace heymilo
