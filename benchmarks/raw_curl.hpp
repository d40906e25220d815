#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace benchmarks {

/// libcurl as the limit: one handle, configured once, and nothing but sending for each request.
class RawCurl {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  /// A POST if there is a body. `buffer_size`: 0 is libcurl's default.
  RawCurl(const Headers& headers, const std::string& url, std::string body = "",
          long buffer_size = 0)
      : handle_(curl_easy_init()), body_(std::move(body)) {
    for (const auto& [name, value] : headers) {
      headers_ = curl_slist_append(headers_, (name + ": " + value).c_str());
    }
    setUrl(url);
    set(CURLOPT_HTTPHEADER, headers_);
    if (!body_.empty()) {
      set(CURLOPT_POSTFIELDS, body_.c_str());
    }
    if (buffer_size != 0) {
      set(CURLOPT_BUFFERSIZE, buffer_size);
    }
    set(CURLOPT_WRITEFUNCTION, &append);
  }
  ~RawCurl() {
    curl_easy_cleanup(handle_);
    curl_slist_free_all(headers_);
  }
  RawCurl(const RawCurl&) = delete;
  RawCurl& operator=(const RawCurl&) = delete;

  void setUrl(const std::string& url) { set(CURLOPT_URL, url.c_str()); }

  /// Appends the response body.
  void send(std::string& answer) {
    set(CURLOPT_WRITEDATA, &answer);
    if (curl_easy_perform(handle_) != CURLE_OK) {
      throw std::runtime_error("a request through libcurl failed");
    }
  }
  std::string send() {
    std::string answer;
    send(answer);
    return answer;
  }
  /// Sends another body.
  std::string sendBody(std::string body) {
    body_ = std::move(body);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
    set(CURLOPT_POSTFIELDS, body_.c_str());
    return send();
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(handle_, option, value) != CURLE_OK) {
      throw std::runtime_error("libcurl does not take an option");
    }
  }
  static std::size_t append(char* bytes, std::size_t size, std::size_t count, void* answer) {
    static_cast<std::string*>(answer)->append(bytes, size * count);
    return size * count;
  }

  CURL* handle_;
  std::string body_;
  curl_slist* headers_ = nullptr;
};

}  // namespace benchmarks
