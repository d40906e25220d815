#include "call/option_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "heymilo/errors.hpp"

namespace heymilo {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

/// The option that the check refuses; "" where it refuses nothing.
template <class Options>
std::string refusedBy(void (*check)(const Options&), const Options& options) {
  try {
    check(options);
    return "";
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    return error.param();
  }
}
std::string refused(const ClientOptions& options) {
  return refusedBy(&checkClientOptions, options);
}
std::string refused(const RequestOptions& options) {
  return refusedBy(&checkRequestOptions, options);
}

ClientOptions usable() {
  ClientOptions options;
  options.api_key = "key";
  return options;
}

TEST(OptionChecks, OfClientOptions) {
  EXPECT_EQ(refused(usable()), "");
  const auto with = [](const std::function<void(ClientOptions&)>& change) {
    ClientOptions options = usable();
    change(options);
    return refused(options);
  };
  EXPECT_EQ(refused(ClientOptions{}), "api_key");
  EXPECT_EQ(with([](auto& o) { o.base_url = ""; }), "");
  EXPECT_EQ(with([](auto& o) { o.api_key = "", o.authorization = "Bearer t"; }), "");
  EXPECT_EQ(with([](auto& o) { o.api_key = "", o.credential = [] { return "k"; }; }), "");
  EXPECT_EQ(with([](auto& o) { o.headers = {{"X-Team", "a"}, {"x-api-key", "b"}}; }), "headers");
  EXPECT_EQ(with([](auto& o) { o.headers = {{"X-Team", "a"}}; }), "");
  EXPECT_EQ(with([](auto& o) { o.api_key = "k\r\nX: y"; }), "api_key");
  EXPECT_EQ(with([](auto& o) { o.api_key = "k\n"; }), "api_key");
  EXPECT_EQ(with([](auto& o) { o.authorization = ""; }), "authorization");
  EXPECT_EQ(with([](auto& o) { o.authorization = std::string("a\0b", 3); }), "authorization");
  EXPECT_EQ(with([](auto& o) { o.workspace_id = "w\x7f"; }), "workspace_id");
  EXPECT_EQ(with([](auto& o) { o.user_agent = "ua\r"; }), "user_agent");
  for (const char* url : {"api.heymilo.ai",
                          "/api",
                          "ftp://api.example",
                          "https://",
                          "https://user:secret@api.example",
                          "https://api.example?x=1",
                          "https://api.example#f",
                          "https://api example",
                          "https://api.example:0",
                          "https://api.example:65536",
                          "https://api.example/\n"}) {
    EXPECT_EQ(with([&](auto& o) { o.base_url = url; }), "base_url") << url;
  }
  for (const char* url : {"http://api.example",
                          "http://192.168.1.7",
                          "http://localhost.example",
                          "http://127.0.0.1.example"}) {
    EXPECT_EQ(with([&](auto& o) { o.base_url = url; }), "base_url") << url;
    EXPECT_EQ(with([&](auto& o) { o.base_url = url, o.allow_insecure_http = true; }), "") << url;
  }
  for (const char* url : {"http://127.0.0.1:8080",
                          "http://127.9.9.9",
                          "http://localhost",
                          "http://[::1]:9",
                          "https://api.example/prefix/"}) {
    EXPECT_EQ(with([&](auto& o) { o.base_url = url; }), "") << url;
  }
  EXPECT_EQ(with([](auto& o) { o.timeout = milliseconds{-1}; }), "timeout");
  EXPECT_EQ(with([](auto& o) { o.connect_timeout = milliseconds{-1}; }), "connect_timeout");
  EXPECT_EQ(with([](auto& o) { o.retry.max_retries = -1; }), "retry.max_retries");
  EXPECT_EQ(with([](auto& o) { o.retry.initial_backoff = milliseconds{-1}; }),
            "retry.initial_backoff");
  EXPECT_EQ(with([](auto& o) { o.retry.max_backoff = milliseconds{-1}; }), "retry.max_backoff");
  EXPECT_EQ(with([](auto& o) { o.retry.max_retry_after = milliseconds{-1}; }),
            "retry.max_retry_after");
  EXPECT_EQ(with([](auto& o) {
              o.rate_limit = RateLimit{0, milliseconds{1000}};
            }),
            "rate_limit.requests");
  EXPECT_EQ(with([](auto& o) { o.rate_limit = RateLimit{1, milliseconds{0}}; }), "rate_limit.per");
  EXPECT_EQ(with([](auto& o) { o.max_response_bytes = 0; }), "max_response_bytes");
}

TEST(OptionChecks, QuotesNoSecret) {
  ClientOptions options = usable();
  options.api_key = "sk-secret\n";
  options.base_url = "https://user:sk-secret@api.example";
  for (int i = 0; i < 2; ++i) {
    try {
      checkClientOptions(options);
      FAIL();
    } catch (const InvalidArgumentError& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
    }
    options.api_key = "key";
  }
}

TEST(OptionChecks, OfRequestOptions) {
  EXPECT_EQ(refused(RequestOptions{}), "");
  const auto with = [](const std::function<void(RequestOptions&)>& change) {
    RequestOptions options;
    change(options);
    return refused(options);
  };
  EXPECT_EQ(with([](auto& o) { o.timeout = milliseconds{-1}; }), "timeout");
  EXPECT_EQ(with([](auto& o) { o.total_timeout = milliseconds{-1}; }), "total_timeout");
  EXPECT_EQ(with([](auto& o) { o.max_retries = -1; }), "max_retries");
  EXPECT_EQ(with([](auto& o) { o.workspace_id = "w\n"; }), "workspace_id");
  EXPECT_EQ(with([](auto& o) { o.headers.add("x-api-key", "other"); }), "headers");
}

}  // namespace
}  // namespace heymilo
