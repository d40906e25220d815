#include "support/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <heymilo/errors.hpp>
#include <string>
#include <utility>

namespace support {
namespace {

using heymilo::Outcome;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

heymilo::StatusError::Details details(int status) {
  heymilo::StatusError::Details details;
  details.status = status;
  return details;
}

TEST(Explain, SaysWhatHappenedAndWhatToDo) {
  const std::pair<std::string, const char*> cases[] = {
      {explain(heymilo::BadRequestError("what", details(400))), "Correct the values that it names"},
      {explain(heymilo::AuthenticationError("what", details(401))), "Set HEYMILO_API_KEY"},
      {explain(heymilo::PermissionDeniedError("what", details(403))), "Use another key"},
      {explain(heymilo::NotFoundError("what", details(404))), "Check POSTING_ID"},
      {explain(heymilo::StatusError("what", details(407))), "Check http_proxy"},
      {explain(heymilo::UnprocessableEntityError("what", details(422))),
       "Correct the values that it names"},
      {explain(heymilo::RateLimitError("what", details(429))), "Run it again in a minute"},
      {explain(heymilo::ServerError("what", details(500))), "Try again later"},
      {explain(heymilo::StatusError("what", details(302))), "check HEYMILO_BASE_URL"},
      {explain(heymilo::ConnectionError("what")), "Check the network, the proxy if one is named"},
      {explain(heymilo::ConnectionError(
           "what", Outcome::not_sent, true, heymilo::ConnectionFault::certificate)),
       "set SSL_CERT_FILE"},
      {explain(heymilo::ConnectionError(
           "what", Outcome::not_sent, false, heymilo::ConnectionFault::proxy)),
       "Check http_proxy"},
      {explain(heymilo::OverloadError("what")), "ulimit -u"},
      {explain(heymilo::StoreError("can't open what")), "Check the named file"},
      {explain(heymilo::InvalidArgumentError("SSL_CERT_FILE", "what")), "variable SSL_CERT_FILE."},
      {explain(heymilo::CancelledError("what")), "stopped before it finished"},
      {explain(heymilo::TimeoutError("what")), "did not respond in time"},
      {explain(heymilo::DecodeError("what", "/data")), "Check HEYMILO_BASE_URL"},
      {explain(heymilo::PaginationError("what")), "can't be read to its end"},
      {explain(heymilo::InvalidArgumentError("limit", "what")), "Run with --help"}};
  for (const auto& [text, advice] : cases) {
    EXPECT_THAT(text, HasSubstr("what"));
    EXPECT_THAT(text, HasSubstr(advice));
    EXPECT_THAT(text, EndsWith(".\n"));
  }
}

TEST(Explain, ListsTheFieldsAtFault) {
  heymilo::StatusError::Details complaint = details(422);
  complaint.error.errors = {{"value_error", "not an \x1B[1maddress", "body.data.17.email"},
                            {"missing", "no field is named", std::nullopt}};
  const std::string text = explain(heymilo::UnprocessableEntityError("what", complaint));
  EXPECT_THAT(text, HasSubstr("\n  body.data.17.email: not an ␛[1maddress\n"));
  EXPECT_THAT(text, HasSubstr("\n  no field is named\n"));
}

TEST(Explain, DoesNotRepeatTheOnlyValueThatTheHeadlineNames) {
  heymilo::StatusError::Details complaint = details(422);
  complaint.error.errors = {{"missing", "Field required", "body.email"}};
  EXPECT_EQ(
      explain(heymilo::UnprocessableEntityError("422: body.email: Field required", complaint)),
      "422: body.email: Field required\n"
      "The API refused the request. Correct the values that it names, and run it again.\n");
}

TEST(Explain, SaysWhatToCheckWhereTheStoreIsAQuotas) {
  const char* const in_postgres[] = {"the quota's store can't be reached: refused",
                                     "the quota's tables in PostgreSQL are of another version",
                                     "the quota of this name in the store belongs to another key"};
  setenv("HEYMILO_QUOTA", "postgresql://me:pass-word@host/db", 1);
  for (const char* const what : in_postgres) {
    const std::string text = explain(heymilo::StoreError(what));
    EXPECT_THAT(text, HasSubstr("that the server can be reached")) << what;
    EXPECT_THAT(text, Not(HasSubstr("pass-word")));
  }
  EXPECT_EQ(explain(heymilo::StoreError("x is the mirror of another posting: use another file")),
            "x is the mirror of another posting: use another file\n");
  EXPECT_THAT(explain(heymilo::StoreError("the mirror in PostgreSQL can't be used: can't connect: "
                                          "connection refused")),
              HasSubstr("refused\nCheck that the server can be reached"));
  EXPECT_THAT(explain(heymilo::StoreError("the mirror in PostgreSQL can't be used: permission "
                                          "denied for table version (SQLSTATE 42501)")),
              HasSubstr("their owner can grant USAGE on the schema heymilo"));
  EXPECT_EQ(explain(heymilo::StoreError("the mirror in PostgreSQL can't be used: out of memory")),
            "the mirror in PostgreSQL can't be used: out of memory\n");
  setenv("HEYMILO_QUOTA", "machine:/run/quota", 1);
  for (const char* const what : {"quota file /run/quota must be a regular file",
                                 "/run/quota is not a quota file: name another one",
                                 "machineQuota: the folder /run/heymilo can't be made",
                                 "the machine's quota: mount /proc"}) {
    EXPECT_THAT(explain(heymilo::StoreError(what)), HasSubstr("name another file in HEYMILO_QUOTA"))
        << what;
  }
  unsetenv("HEYMILO_QUOTA");
}

TEST(Explain, NamesTheVariableThatHoldsABadOption) {
  for (const char* const option : {"quota", "HEYMILO_QUOTA"}) {
    EXPECT_THAT(explain(heymilo::InvalidArgumentError(option, "what")),
                HasSubstr("environment variable HEYMILO_QUOTA."));
  }
  for (const char* const option : {"rate_limit", "rate_limit.requests", "HEYMILO_RATE_LIMIT"}) {
    EXPECT_THAT(explain(heymilo::InvalidArgumentError(option, "what")),
                HasSubstr("environment variable HEYMILO_RATE_LIMIT."));
  }
  EXPECT_THAT(explain(heymilo::InvalidArgumentError("base_url", "what")),
              HasSubstr("environment variable HEYMILO_BASE_URL."));
}

TEST(Explain, RoundsAWaitUp) {
  heymilo::StatusError::Details limited = details(429);
  limited.retry_after = std::chrono::milliseconds{1500};
  EXPECT_THAT(explain(heymilo::RateLimitError("what", limited)), HasSubstr("in 2 s."));
}

TEST(Explain, NamesTheRequestIdWhereThereIsOne) {
  EXPECT_THAT(explain(heymilo::ServerError("what", details(503))), Not(HasSubstr("request id")));
  heymilo::StatusError::Details failed = details(503);
  failed.headers.add("X-Request-Id", "req-1");
  EXPECT_THAT(explain(heymilo::ServerError("what", failed)),
              HasSubstr("with the request id above"));
}

TEST(Explain, SaysWhoCanNotBeReadAndWhere) {
  heymilo::ResponseInfo http;
  http.request_id = "req-1";
  heymilo::UnreadableCandidate candidate{
      "i1", {}, "i0", {}, {}, heymilo::DecodeError("what: /data/3/*", "/data/3/x", "Ada", http)};
  EXPECT_EQ(explain(candidate),
            "what: /data/3/*\n  interview_id: i1; place: /data/3/x; request id: req-1\n");
  candidate.interview_id.reset();
  EXPECT_THAT(explain(candidate), HasSubstr("interview_id: unreadable, after i0; place"));
  EXPECT_THAT(explainUnreadable(1),
              HasSubstr("1 candidate can't be read. Running this again does"));
  EXPECT_THAT(explainUnreadable(2), HasSubstr("2 candidates can't"));
}

TEST(Explain, KnowsWhatRunningAgainDoesNotHelpAgainst) {
  EXPECT_FALSE(helpsToRunAgain(heymilo::DecodeError("what", "/data")));
  EXPECT_TRUE(helpsToRunAgain(heymilo::TimeoutError("what")));
}

TEST(IngestOutcome, SaysWhetherItIsSafeToSendAgain) {
  const auto began = std::chrono::system_clock::time_point(std::chrono::seconds{1772323200});
  const auto outcome = [&](Outcome value) {
    return ingestOutcome(heymilo::TransportError("what", value), began);
  };
  EXPECT_THAT(outcome(Outcome::not_sent), HasSubstr("safe to send it again"));
  EXPECT_THAT(outcome(Outcome::rejected), HasSubstr("Nothing was ingested"));
  EXPECT_THAT(outcome(Outcome::unknown), HasSubstr("look before sending it again"));
  EXPECT_THAT(outcome(Outcome::unknown), HasSubstr("--created-after 2026-02-28T23:55:00Z"));
  EXPECT_THAT(outcome(Outcome::applied), HasSubstr("do not send it again"));
}

}  // namespace
}  // namespace support
