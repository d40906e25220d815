#pragma once

// Shared code of the stories written by hand: libcurl and nlohmann/json as a competent engineer
// uses them in a hurry. It waits after a 429, repeats a list request that failed, and does not
// repeat a write, which may have arrived.

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>

namespace by_hand {

using nlohmann::json;

struct HttpError : std::runtime_error {
  HttpError(long status_code, const std::string& text)
      : std::runtime_error("HTTP " + std::to_string(status_code) + ": " + text),
        status(status_code),
        body(text) {}
  long status;
  std::string body;
};

class Api {
 public:
  explicit Api(const std::string& posting_id) : curl_(curl_easy_init()) {
    const char* key = std::getenv("HEYMILO_API_KEY");
    const char* base = std::getenv("HEYMILO_BASE_URL");
    if (key == nullptr) {
      throw std::runtime_error("HEYMILO_API_KEY is not set");
    }
    url_ = base != nullptr ? base : "https://api.heymilo.ai";
    url_ += "/api/v2/postings/" + posting_id + "/candidates";
    headers_ = curl_slist_append(headers_, ("X-API-KEY: " + std::string(key)).c_str());
    headers_ = curl_slist_append(headers_, "Content-Type: application/json");
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &append);
    setTimeout(60'000);
  }
  ~Api() {
    curl_easy_cleanup(curl_);
    curl_slist_free_all(headers_);
  }
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  CURL* handle() { return curl_; }
  void setTimeout(long milliseconds) { curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, milliseconds); }

  json list(const std::string& query) { return request(url_ + "?" + query, nullptr); }

  json post(const std::string& path, const json& body) {
    const std::string text = body.dump();
    return request(url_ + path, &text);
  }

  /// Candidate by candidate, from after a cursor or from the beginning.
  void forEach(const std::function<void(const json&)>& visit, std::string cursor = "") {
    for (bool more = true; more;) {
      const json page = list("limit=100" + (cursor.empty() ? "" : "&starting_after=" + cursor));
      for (const json& candidate : page["data"]) {
        cursor = candidate["interview_id"];
        visit(candidate);
      }
      more = page["pagination"]["has_more"];
    }
  }

 private:
  static std::size_t append(char* bytes, std::size_t size, std::size_t count, void* answer) {
    static_cast<std::string*>(answer)->append(bytes, size * count);
    return size * count;
  }

  json request(const std::string& url, const std::string* body) {
    for (int attempt = 1;; ++attempt) {
      std::string answer;
      curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
      curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &answer);
      if (body != nullptr) {
        curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body->c_str());
      } else {
        curl_easy_setopt(curl_, CURLOPT_HTTPGET, 1L);
      }
      const CURLcode code = curl_easy_perform(curl_);
      long status = 0;
      curl_off_t retry_after = 0;
      curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo(curl_, CURLINFO_RETRY_AFTER, &retry_after);
      const bool failed = code != CURLE_OK || status >= 500;
      const bool aborted = code == CURLE_ABORTED_BY_CALLBACK || code == CURLE_OPERATION_TIMEDOUT;
      if (attempt < 4 && !aborted && (status == 429 || (body == nullptr && failed))) {
        std::this_thread::sleep_for((std::max)(std::chrono::milliseconds(1000 * retry_after),
                                               std::chrono::milliseconds(200 * attempt)));
        continue;
      }
      if (code != CURLE_OK) {
        throw std::runtime_error(curl_easy_strerror(code));
      }
      if (status / 100 != 2) {
        throw HttpError(status, answer);
      }
      return json::parse(answer);
    }
  }

  CURL* curl_;
  curl_slist* headers_ = nullptr;
  std::string url_;
};

}  // namespace by_hand
