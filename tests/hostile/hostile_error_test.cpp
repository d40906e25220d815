// Error responses with broken or malicious bodies and headers: the status is still reported, as a
// StatusError with an error() and a what() that is fit for a log.

#include <iterator>
#include <string>
#include <vector>

#include "hostile_calls.hpp"

namespace heymilo {
namespace {

using heymilo_test::Ending;
using heymilo_test::endingOfRead;
using heymilo_test::endingOfWrite;
using heymilo_test::forReadAndWrite;
using heymilo_test::httpAnswer;
using heymilo_test::optionsFor;
using heymilo_test::RawServer;
using heymilo_test::repeated;

std::string envelopeOf(const std::string& message) {
  return R"({"error":{"type":"t","code":"c","message":")" + message + R"("}})";
}

struct ErrorRow {
  const char* name;
  std::string body;
  bool decoded = false;  ///< error() is what the body says; or else made from the status
};

std::vector<ErrorRow> rows() {
  const std::string deep = repeated(100'000, "[") + repeated(100'000, "]");
  return {
      {"empty", ""},
      {"HTML", "<!doctype html><title>502 Bad Gateway</title>"},
      {"null", "null"},
      {"array", "[]"},
      {"empty object", "{}"},
      {"truncated", R"({"error":{"type":"t","code":)"},
      {"invalid UTF-8", envelopeOf("\xff\xfe")},
      {"lone surrogate", envelopeOf(R"(\ud800)")},
      {"NUL", envelopeOf("m") + '\0'},
      {"twice", R"({"error":{"type":"t","code":"c","code":"d","message":"m"}})"},
      {"deep", deep},
      {"deep error", R"({"error":)" + deep + "}"},
      {"deep detail", R"({"detail":)" + deep + "}"},
      {"deep beside the error",
       R"({"error":{"type":"t","code":"c","message":"m"},"x":)" + deep + "}"},
      {"huge number", R"({"error":{"type":"t","code":"c","message":"m","x":1e999999}})"},
      {"control characters", envelopeOf(R"(a\r\nX-Injected: b\u0000\u007f\u001b[31m)"), true},
      {"long message", envelopeOf(std::string(5'000'000, 'x')), true},
      {"long message of addresses", envelopeOf(repeated(1'000'000, "a@b ")), true},
      {"long message that quotes the request",
       envelopeOf(repeated(200'000, "Ada Example, ada@example.com, key-of-the-test; ")),
       true},
      {"long code",
       R"({"error":{"type":"t","code":")" + std::string(1'000'000, 'x') + R"(","message":"m"}})",
       true},
      {"many complaints",
       R"({"detail":[)" + repeated(50'000, R"({"loc":["a",1],"msg":"m","type":"t"},)") +
           R"({"loc":[],"msg":"m","type":"t"}]})",
       true},
  };
}

TEST(HostileError, AnyBodyIsAStatusError) {
  const struct {
    const char* status;
    const char* type;
    Outcome outcome;
  } statuses[] = {
      {"400 Bad Request", "BadRequestError", Outcome::rejected},
      {"418 Teapot", "StatusError", Outcome::rejected},
      {"422 Unprocessable", "UnprocessableEntityError", Outcome::rejected},
      {"502 Bad Gateway", "ServerError", Outcome::unknown},
  };
  std::size_t turn = 0;
  for (const ErrorRow& row : rows()) {
    SCOPED_TRACE(row.name);
    ++turn;
    for (const auto& status : statuses) {
      SCOPED_TRACE(status.status);
      if (turn++ % std::size(statuses) != 0) {
        continue;  // each body with one status, each status with some: the bodies are large
      }
      forReadAndWrite(httpAnswer(status.status, row.body), [&](const Ending& ending, bool) {
        EXPECT_EQ(ending.type, status.type) << ending.what;
        EXPECT_EQ(ending.outcome, status.outcome);
        EXPECT_EQ(ending.status, std::stoi(status.status));
        EXPECT_FALSE(ending.error.type.empty());
        EXPECT_FALSE(ending.error.message.empty());
        EXPECT_EQ(ending.error.code == "http_" + std::to_string(ending.status), !row.decoded);
        EXPECT_THAT(ending.what, ::testing::Not(::testing::HasSubstr("@")));
      });
    }
  }
}

TEST(HostileError, ABodyThatIsTooLargeIsCutAndTheStatusCounts) {
  const std::string body(3'000'000, 'x');
  for (const std::string& bytes :
       {httpAnswer("422 Unprocessable", body),
        "HTTP/1.1 422 Unprocessable\r\nTransfer-Encoding: chunked\r\n\r\n2dc6c0\r\n" + body,
        "HTTP/1.1 422 Unprocessable\r\n\r\n" + body}) {
    RawServer server([&](heymilo_test::RawConnection& connection) {
      if (connection.readRequest()) {
        connection.send(bytes);
      }
    });
    ClientOptions options = optionsFor(server);
    options.max_response_bytes = 1'000'000;
    const Ending ending = endingOfWrite(Client(options));
    EXPECT_EQ(ending.type, "UnprocessableEntityError") << ending.what;
    EXPECT_EQ(ending.outcome, Outcome::rejected);
    EXPECT_EQ(ending.error.code, "http_422");
    EXPECT_EQ(server.requests().size(), 1u);
  }
}

TEST(HostileError, ALongRequestIdDoesNotMakeALongText) {
  const std::string id = "X-Request-Id: " + std::string(60'000, 'x') + "\x01\x1b\r\n";
  forReadAndWrite(httpAnswer("500 Oops", "", id),
                  [](const Ending& ending, bool) { EXPECT_EQ(ending.type, "ServerError"); });
  forReadAndWrite(httpAnswer("200 OK", "", id),
                  [](const Ending& ending, bool) { EXPECT_EQ(ending.type, "DecodeError"); });
}

/// The error of a write if all responses are 429 with this Retry-After.
std::optional<std::chrono::milliseconds> retryAfter(const std::string& value,
                                                    std::size_t requests) {
  RawServer server(heymilo_test::answering(
      httpAnswer("429 Too Many Requests", "", "Retry-After: " + value + "\r\n")));
  ClientOptions options = optionsFor(server);
  options.retry.max_retries = 2;
  try {
    Client(options).ingestCandidate("posting", {"Ada Example", "ada@example.com"});
  } catch (const RateLimitError& error) {
    EXPECT_EQ(error.outcome(), Outcome::rejected);
    EXPECT_EQ(server.requests().size(), requests) << value;
    return error.retryAfter();
  }
  ADD_FAILURE() << "no RateLimitError";
  return std::nullopt;
}

TEST(HostileError, ARetryAfterThatIsNoneIsPassedOver) {
  for (const std::string value : {"soon", "-1", "1e3", "", "0x10", "1 2", "Wed, 99 Foo 2026"}) {
    EXPECT_EQ(retryAfter(value, 3), std::nullopt) << value;
  }
}

TEST(HostileError, ARetryAfterOfYearsEndsTheCallAtOnce) {
  for (const std::string value :
       {"9999999", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    const auto wait = retryAfter(value, 1);
    ASSERT_TRUE(wait) << value;
    EXPECT_GE(*wait, std::chrono::hours{24}) << value;
  }
  EXPECT_EQ(retryAfter("Thu, 01 Jan 1970 00:00:00 GMT", 3), std::chrono::milliseconds{0});
}

}  // namespace
}  // namespace heymilo
