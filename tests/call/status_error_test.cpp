#include "call/status_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <typeinfo>

#include "heymilo/errors.hpp"

namespace heymilo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Redactor redactor() {
  static const CallRequest request;
  return Redactor(request);
}

/// What an answer is thrown as.
template <class Expected>
Expected errorOf(int status, std::string body, Headers headers = {}) {
  try {
    throwStatusError("listCandidates", {status, std::move(headers), std::move(body)}, redactor());
  } catch (const Expected& error) {
    return error;
  }
}

const char* const kEnvelope =
    R"({"error":{"type":"invalid_request_error","code":"bad_range","message":"The range is empty",
        "param":"created_before","errors":[{"code":"c","message":"m","param":"p"}],"extra":1}})";

TEST(StatusError, HasTheTypeOfItsStatus) {
  EXPECT_EQ(errorOf<BadRequestError>(400, "").status(), 400);
  EXPECT_EQ(errorOf<AuthenticationError>(401, "").status(), 401);
  EXPECT_EQ(errorOf<PermissionDeniedError>(403, "").status(), 403);
  EXPECT_EQ(errorOf<NotFoundError>(404, "").status(), 404);
  EXPECT_EQ(errorOf<UnprocessableEntityError>(422, "").status(), 422);
  EXPECT_EQ(errorOf<RateLimitError>(429, "").status(), 429);
  for (const int status : {500, 501, 502, 503, 504, 599}) {
    EXPECT_EQ(errorOf<ServerError>(status, "").status(), status);
  }
  for (const int status : {301, 302, 304, 307, 308, 402, 405, 408, 409, 413, 415, 418, 451, 600}) {
    try {
      throwStatusError("listCandidates", {status, {}, ""}, redactor());
    } catch (const StatusError& error) {
      EXPECT_EQ(error.status(), status);
      EXPECT_EQ(typeid(error), typeid(StatusError));
    }
  }
}

TEST(StatusError, TellsWhatBecameOfTheRequest) {
  for (const int status :
       {400, 401, 403, 404, 405, 407, 409, 421, 422, 425, 429, 444, 460, 463, 498}) {
    EXPECT_EQ(errorOf<StatusError>(status, "").outcome(), Outcome::rejected) << status;
  }
  for (const int status : {301, 303, 304, 408, 499, 500, 502, 503, 504, 520, 524, 599, 600}) {
    EXPECT_EQ(errorOf<StatusError>(status, "").outcome(), Outcome::unknown) << status;
  }
}

TEST(StatusError, TakesTheEnvelope) {
  const auto error = errorOf<BadRequestError>(400, kEnvelope, {{"X-Request-Id", "req_1"}});
  EXPECT_EQ(error.error().type, "invalid_request_error");
  EXPECT_EQ(error.error().code, "bad_range");
  EXPECT_EQ(error.error().param, "created_before");
  ASSERT_TRUE(error.error().errors);
  EXPECT_EQ(error.error().errors->at(0).param, "p");
  EXPECT_EQ(error.error().additional_properties["extra"], 1);
  EXPECT_EQ(error.requestId(), "req_1");
  EXPECT_EQ(error.rawBody(), kEnvelope);
  EXPECT_STREQ(error.what(),
               "listCandidates: 400 bad_range: The range is empty (request id req_1)");
}

TEST(StatusError, TakesTheValidationsDetail) {
  const auto error = errorOf<UnprocessableEntityError>(
      422,
      R"({"detail":[{"loc":["body","data",17,"email"],"msg":"not an address","type":"value_error"},
                    {"loc":["body","data",18,"name"],"msg":"missing","type":"missing"}]})");
  ASSERT_EQ(error.detail().size(), 2u);
  EXPECT_EQ(std::get<std::int64_t>(error.detail()[0].loc[2]), 17);
  ASSERT_EQ(error.error().errors->size(), 2u);
  EXPECT_EQ(error.error().errors->at(0).param, "body.data.17.email");
  EXPECT_EQ(error.error().errors->at(0).message, "not an address");
  EXPECT_EQ(error.error().errors->at(1).code, "missing");
  EXPECT_EQ(error.error().param, "body.data.17.email");
  EXPECT_STREQ(error.what(),
               "listCandidates: 422 validation_error: body.data.17.email: not an address (and 1 "
               "more)");
}

TEST(StatusError, HasNoDetailWhereA422CameInTheEnvelope) {
  const auto error = errorOf<UnprocessableEntityError>(422, kEnvelope);
  EXPECT_TRUE(error.detail().empty());
  EXPECT_EQ(error.error().code, "bad_range");
}

TEST(StatusError, IsFilledFromTheStatusForAnyOtherBody) {
  for (const char* body : {"",
                           "<html><body>Bad Gateway</body></html>",
                           "null",
                           "[]",
                           "7",
                           "{}",
                           R"({"detail":[]})",
                           R"({"detail":"Not Found"})",
                           R"({"error":"x"})",
                           R"({"error":{"message":"only this"}})",
                           R"({"error":{)",
                           "\xff\xfe",
                           R"({"detail":[{"loc":"x"}]})"}) {
    const auto error = errorOf<ServerError>(502, body);
    EXPECT_EQ(error.error().type, "server_error") << body;
    EXPECT_EQ(error.error().code, "http_502") << body;
    EXPECT_EQ(error.error().message, "Bad Gateway") << body;
    EXPECT_EQ(error.rawBody(), body);
    EXPECT_STREQ(error.what(), "listCandidates: 502 http_502: Bad Gateway");
  }
}

TEST(StatusError, CopiesWithoutThrowing) {
  static_assert(std::is_nothrow_copy_constructible_v<StatusError>);
  static_assert(std::is_nothrow_copy_constructible_v<UnprocessableEntityError>);
  static_assert(std::is_nothrow_copy_constructible_v<DecodeError>);
  static_assert(std::is_nothrow_copy_constructible_v<InvalidArgumentError>);
}

TEST(StatusError, ShowsNothingOfWhatWasSent) {
  CallRequest request;
  request.appendId("my-posting");
  request.http.headers = {{"X-API-KEY", "sk-123"}};
  request.http.body = R"({"name":"Zoe Doe","email":"zoe@example.com"})";
  try {
    throwStatusError("ingestCandidate",
                     {422,
                      {{"X-Request-Id", "sk-123"}},
                      R"({"error":{"type":"t","code":"zoe@example.com",
                          "message":"zoe@example.com (Zoe Doe) of my-posting with sk-123\nis known"}})"},
                     Redactor(request));
  } catch (const UnprocessableEntityError& error) {
    EXPECT_STREQ(error.what(),
                 "ingestCandidate: 422 [redacted]: [redacted] ([redacted]) of [redacted] with "
                 "[redacted] is known (request id [redacted])");
    EXPECT_THAT(error.error().message, HasSubstr("zoe@example.com"));
  }
}

TEST(StatusError, ReadsRetryAfterAsSecondsAndAsADate) {
  using std::chrono::seconds;
  const auto wait = [](Headers headers) {
    return errorOf<RateLimitError>(429, "", std::move(headers)).retryAfter();
  };
  EXPECT_EQ(wait({}), std::nullopt);
  EXPECT_EQ(wait({{"Retry-After", "soon"}}), std::nullopt);
  EXPECT_EQ(wait({{"retry-after", "7"}}), seconds{7});
  // A date is counted from the answer's own clock, which may be years away from this machine's.
  for (const char* date : {"Sun, 06 Nov 1994 08:49:37 GMT",
                           "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(wait({{"Date", "Sun, 06 Nov 1994 08:49:07 GMT"}, {"Retry-After", date}}),
              seconds{30});
  }
}

}  // namespace
}  // namespace heymilo
