#include <map>
#include <stdexcept>
#include <string>

#include "recipe.hpp"

/// A stand-in for the HTTP stack of your program.
namespace house {

struct Response {
  int status = 0;
  std::multimap<std::string, std::string> headers{};
  std::string body{};
};

enum class Failure { no_connection, broke_before_sending, broke_after_sending, timed_out };

class Http {
 public:
  virtual ~Http() = default;
  /// Throws a Failure.
  virtual Response send(const std::string& method, const std::string& url,
                        const std::multimap<std::string, std::string>& headers,
                        const std::string& body, std::chrono::milliseconds timeout) = 0;
};

}  // namespace house

namespace {

// [transport]
/// Sends with your program's own HTTP stack.
class HouseTransport final : public heymilo::Transport {
 public:
  explicit HouseTransport(house::Http& http) : http_(http) {}

  heymilo::HttpResponse send(const heymilo::HttpRequest& request,
                             const heymilo::CancellationToken& cancellation) override {
    using heymilo::Outcome;
    if (cancellation.cancelled()) {
      throw heymilo::CancelledError("cancelled", Outcome::not_sent);
    }
    std::multimap<std::string, std::string> headers;
    for (const auto& [name, value] : request.headers) {
      headers.emplace(name, value);
    }
    try {
      // Exactly one attempt: the caller decides about retries.
      const house::Response reply =
          http_.send(request.method, request.url, headers, request.body, request.timeout);
      heymilo::HttpResponse response;
      response.status = reply.status;  // of any kind: a 503 is a response too
      for (const auto& [name, value] : reply.headers) {
        response.headers.add(name, value);
      }
      response.body = reply.body;
      return response;
    } catch (house::Failure failure) {
      // `not_sent` only when the server can't have had the whole request.
      switch (failure) {
        case house::Failure::no_connection:
          throw heymilo::ConnectionError("no connection", Outcome::not_sent);
        case house::Failure::broke_before_sending:
          throw heymilo::ConnectionError("broken while sending", Outcome::not_sent);
        case house::Failure::broke_after_sending:
          throw heymilo::ConnectionError("broken while waiting for the response", Outcome::unknown);
        case house::Failure::timed_out:
          throw heymilo::TimeoutError("no response in time", Outcome::unknown);
      }
      throw heymilo::ConnectionError("failed", Outcome::unknown);
    }
  }

 private:
  house::Http& http_;
};
// [/transport]

class FakeHttp final : public house::Http {
 public:
  house::Response send(const std::string& method, const std::string& url,
                       const std::multimap<std::string, std::string>& headers, const std::string&,
                       std::chrono::milliseconds) override {
    calls.push_back(method + " " + url);
    EXPECT_EQ(headers.count("X-API-KEY"), 1u);
    if (!failures.empty()) {
      const house::Failure failure = failures.front();
      failures.erase(failures.begin());
      throw failure;
    }
    return {200,
            {{"Content-Type", "application/json"}},
            R"({"object":"list","data":[],"pagination":{"has_more":false}})"};
  }

  std::vector<house::Failure> failures;
  std::vector<std::string> calls;
};

TEST(CustomTransport, CarriesTheRequests) {
  FakeHttp http;
  // [use]
  heymilo::ClientOptions options;
  options.api_key = "the key";
  options.transport = std::make_shared<HouseTransport>(http);
  options.retry.initial_backoff = std::chrono::milliseconds{1};
  const heymilo::Client client(options);
  // [/use]
  http.failures = {house::Failure::broke_after_sending, house::Failure::no_connection};
  EXPECT_EQ(client.listCandidates("posting-id").http.attempts, 3);  // a read: tried again
  EXPECT_EQ(http.calls[0], "GET https://api.heymilo.ai/api/v2/postings/posting-id/candidates");

  http.calls.clear();
  http.failures = {house::Failure::broke_after_sending};
  EXPECT_THROW(client.ingestCandidate("posting-id", {"Ada Example", "ada@example.com"}),
               heymilo::ConnectionError);
  EXPECT_EQ(http.calls.size(), 1u);  // a write in doubt: not tried again
}

}  // namespace
