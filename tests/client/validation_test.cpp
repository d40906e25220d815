#include "client/validation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "heymilo/errors.hpp"

namespace heymilo {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

/// The param that `checked` is refused for; "" when it is not.
template <class Checked>
std::string refused(const Checked& checked) {
  try {
    check(checked);
    return "";
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    return error.param();
  }
}

ClientOptions usable() {
  ClientOptions options;
  options.api_key = "key";
  return options;
}

TEST(Validation, OfClientOptions) {
  EXPECT_EQ(refused(usable()), "");
  const auto with = [](const std::function<void(ClientOptions&)>& change) {
    ClientOptions options = usable();
    change(options);
    return refused(options);
  };
  EXPECT_EQ(refused(ClientOptions{}), "api_key");
  EXPECT_EQ(with([](auto& o) { o.base_url = ""; }), "");
  EXPECT_EQ(with([](auto& o) { o.api_key = "", o.authorization = "Bearer t"; }), "");
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

TEST(Validation, QuotesNoSecret) {
  ClientOptions options = usable();
  options.api_key = "sk-secret\n";
  options.base_url = "https://user:sk-secret@api.example";
  for (int i = 0; i < 2; ++i) {
    try {
      check(options);
      FAIL();
    } catch (const InvalidArgumentError& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
    }
    options.api_key = "key";
  }
}

TEST(Validation, OfListCandidatesParams) {
  ListCandidatesParams params;
  EXPECT_EQ(refused(params), "");
  for (const int limit : {1, 20, 100}) {
    params.limit = limit;
    EXPECT_EQ(refused(params), "");
  }
  for (const int limit : {-1, 0, 101, 1000000}) {
    params.limit = limit;
    EXPECT_EQ(refused(params), "limit") << limit;
  }
  ListCandidatesParams resumed;
  resumed.starting_after = "";
  EXPECT_EQ(refused(resumed), "starting_after");
  resumed.starting_after = "\xff";
  EXPECT_EQ(refused(resumed), "starting_after");
  ListCandidatesParams interval;
  interval.created_after = parseTimestamp("2026-01-01T00:00:00.000001Z");
  interval.created_before = parseTimestamp("2026-01-01T00:00:00Z");
  EXPECT_EQ(refused(interval), "created_before");
  interval.created_before = interval.created_after;
  EXPECT_EQ(refused(interval), "");
  interval.created_before = (Timestamp::max)();
  EXPECT_EQ(refused(interval), "created_before");
  using Seconds = std::chrono::duration<double>;
  interval.created_before.reset();
  for (const double nonsense : {1e300, -1e300, std::numeric_limits<double>::quiet_NaN()}) {
    interval.created_after =
        std::chrono::time_point<std::chrono::system_clock, Seconds>(Seconds{nonsense});
    EXPECT_EQ(refused(interval), "created_after") << nonsense;
  }
}

TEST(Validation, OfPostingIds) {
  for (const char* id : {"p", "...", "a/b", "%2e", "日本", " "}) {
    EXPECT_NO_THROW(checkPostingId(id)) << id;
  }
  for (const char* id : {"", ".", "..", "\xff"}) {
    EXPECT_THROW(checkPostingId(id), InvalidArgumentError) << id;
  }
}

/// `count` characters of two bytes each.
std::string characters(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += "é";
  }
  return text;
}

TEST(Validation, OfMetadata) {
  CandidateIngestRequest request{"Ada", "ada@example.com"};
  auto& metadata = request.metadata.emplace();
  metadata[characters(40)] = characters(500);
  EXPECT_EQ(refused(request), "");
  metadata["k"] = characters(501);
  EXPECT_EQ(refused(request), "metadata.k");
  metadata["k"] = "\xff";
  EXPECT_EQ(refused(request), "metadata.k");
  metadata.erase("k");
  metadata[characters(41)] = "v";
  EXPECT_EQ(refused(request), "metadata");
  metadata.clear();
  metadata["\xc3\x28"] = "v";
  EXPECT_EQ(refused(request), "metadata");
  metadata.clear();
  for (int i = 0; i < 50; ++i) {
    metadata[std::to_string(i)] = "v";
  }
  EXPECT_EQ(refused(request), "");
  metadata["50"] = "v";
  EXPECT_EQ(refused(request), "metadata");
}

TEST(Validation, OfBulkRequests) {
  BulkCandidateIngestRequest bulk;
  EXPECT_EQ(refused(bulk), "data");
  bulk.data.assign(20, {"Ada", "ada@example.com"});
  EXPECT_EQ(refused(bulk), "");
  bulk.data[17].metadata.emplace()["k"] = std::string(501, 'x');
  EXPECT_EQ(refused(bulk), "data.17.metadata.k");
  bulk.data[17].metadata.reset();
  bulk.data[3].data = nlohmann::json::array();
  EXPECT_EQ(refused(bulk), "data.3.data");
}

TEST(Validation, ShowsNoMetadataKey) {
  CandidateIngestRequest request{"Ada", "ada@example.com"};
  request.metadata.emplace()["ssn-123"] = std::string(501, 'x');
  try {
    check(request);
    FAIL();
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.param(), "metadata.ssn-123");
    EXPECT_STREQ(error.what(), "metadata.*: must not be longer than 500 characters");
  }
}

TEST(Validation, OfRequestOptions) {
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
