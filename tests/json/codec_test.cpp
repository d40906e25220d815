#include "json/codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "contract/document_generator.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/models.hpp"
#include "support/sanitizers.hpp"

namespace heymilo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The refusal of a text: "path: problem".
template <class Model>
std::string refusal(const std::string& text) {
  try {
    json::decode<Model>(text);
    return "(accepted)";
  } catch (const json::Mismatch& mismatch) {
    return mismatch.path.whole() + ": " + mismatch.problem;
  }
}

std::string step(const std::string& order, const std::string& rest = "") {
  return R"({"step_id":"s","order":)" + order +
         R"(,"status":"completed","started":true,"completed":true)" + rest + "}";
}

const char* const kCandidate =
    R"({"interview_id":"i","posting_id":"p","name":"n","email":"e","status":"pending"})";

TEST(Codec, FillsDefaultsAndLeavesOptionalsEmpty) {
  const auto candidate = json::decode<CandidateResponse>(kCandidate);
  EXPECT_EQ(candidate.object, "candidate");
  EXPECT_EQ(candidate.interview_id, "i");
  EXPECT_FALSE(candidate.shortlisted);
  EXPECT_FALSE(candidate.score.has_value());
  EXPECT_FALSE(candidate.metadata.has_value());
  EXPECT_TRUE(candidate.additional_properties.is_null());
}

TEST(Codec, TakesNullForAbsentWhereAPropertyIsNotRequired) {
  const auto form = json::decode<AgentFormSummary>(R"({"is_complete":null,"total_questions":3})");
  EXPECT_FALSE(form.is_complete.has_value());
  EXPECT_EQ(form.total_questions, 3);
}

TEST(Codec, RefusesARequiredPropertyThatIsMissingOrNull) {
  EXPECT_EQ(refusal<APIErrorDetail>(R"({"code":"c"})"), "/message: required property is missing");
  EXPECT_EQ(refusal<APIErrorDetail>(R"({"code":null,"message":"m"})"),
            "/code: expected string, found null");
  EXPECT_EQ(
      refusal<CandidateWorkflow>(R"({"steps":[)" + step("1") + R"(,{}],"all_complete":true})"),
      "/steps/1/step_id: required property is missing");
}

TEST(Codec, NamesPathExpectedAndFoundType) {
  const std::string page = R"({"data":[)" + std::string(kCandidate) + R"(,
      {"interview_id":"i","posting_id":"p","name":"n","email":"e","status":"pending",
       "workflow":{"all_complete":true,"steps":[)" +
                           step("1") + "," + step("\"2\"") + R"(]}}],
      "pagination":{"has_more":false}})";
  EXPECT_EQ(refusal<ListResponse<CandidateResponse>>(page),
            "/data/1/workflow/steps/1/order: expected integer, found string");
  EXPECT_EQ(refusal<AgentFormSummary>("[]"), ": expected object, found array");
  EXPECT_EQ(refusal<AgentFormSummary>("null"), ": expected object, found null");
  EXPECT_EQ(refusal<AgentFormSummary>("7"), ": expected object, found integer");
  EXPECT_EQ(refusal<AgentSMSSummary>(R"({"criteria_passed":["a",1]})"),
            "/criteria_passed/1: expected string, found integer");
  EXPECT_EQ(refusal<PaginationMeta>(R"({"has_more":1})"),
            "/has_more: expected boolean, found integer");
  EXPECT_EQ(refusal<CandidateIngestRequest>(R"({"name":"n","email":"e","data":[]})"),
            "/data: expected object, found array");
}

TEST(Codec, MasksTheNamesOfFreeFormProperties) {
  try {
    json::decode<CandidateIngestRequest>(R"({"name":"n","email":"e","metadata":{"a/b~c":1}})");
    FAIL();
  } catch (const json::Mismatch& mismatch) {
    EXPECT_EQ(mismatch.path.whole(), "/metadata/a~1b~0c");
    EXPECT_EQ(mismatch.path.masked(), "/metadata/*");
    EXPECT_EQ(mismatch.path.dotted(), "metadata.a/b~c");
    EXPECT_EQ(mismatch.path.maskedDotted(), "metadata.*");
  }
}

TEST(Codec, TakesIntegersHoweverTheyAreWritten) {
  const auto order = [](const std::string& text) {
    return json::decode<WorkflowStepStatus>(step(text)).order;
  };
  EXPECT_EQ(order("3"), 3);
  EXPECT_EQ(order("3.0"), 3);
  EXPECT_EQ(order("1e2"), 100);
  EXPECT_EQ(order("-0"), 0);
  EXPECT_EQ(order("9223372036854775807"), (std::numeric_limits<std::int64_t>::max)());
  EXPECT_EQ(order("-9223372036854775808"), (std::numeric_limits<std::int64_t>::min)());
}

TEST(Codec, NeverWrapsOrRoundsAnInteger) {
  EXPECT_EQ(refusal<WorkflowStepStatus>(step("3.5")),
            "/order: expected integer, found number with a fraction");
  for (const char* text : {"9223372036854775808",
                           "18446744073709551615",
                           "18446744073709551616",
                           "-9223372036854775809",
                           "1e300",
                           "99999999999999999999999999"}) {
    EXPECT_EQ(refusal<WorkflowStepStatus>(step(text)), "/order: integer does not fit into 64 bits")
        << text;
  }
}

TEST(Codec, ReadsTimestampsToTheMicrosecond) {
  const auto at = [](const std::string& text) {
    return json::decode<WorkflowStepStatus>(step("1", ",\"last_updated_at\":" + text))
        .last_updated_at->time_since_epoch()
        .count();
  };
  EXPECT_EQ(at("0"), 0);
  EXPECT_EQ(at("1741824000"), 1741824000000000);
  EXPECT_EQ(at("1741824000.123456"), 1741824000123456);
  EXPECT_EQ(at("1741824000.9999999"), 1741824001000000);
  EXPECT_EQ(at("-1.25"), -1250000);
  EXPECT_EQ(at("-0.000001"), -1);
  EXPECT_EQ(at("9223372036853"), 9223372036853000000);
}

TEST(Codec, RefusesNumbersThatAreNoTime) {
  for (const char* text : {"1e300",
                           "-1e300",
                           "9223372036855",
                           "9223372036854775807",
                           "18446744073709551615",
                           "1e13"}) {
    EXPECT_EQ(refusal<WorkflowStepStatus>(step("1", std::string(",\"last_updated_at\":") + text)),
              "/last_updated_at: Unix timestamp out of range")
        << text;
  }
  EXPECT_EQ(refusal<WorkflowStepStatus>(step("1", R"(,"last_updated_at":"2026-01-01")")),
            "/last_updated_at: expected number (a Unix timestamp), found string");
}

TEST(Codec, WritesEachMicrosecondSoThatItReadsBack) {
  WorkflowStepStatus written = json::decode<WorkflowStepStatus>(step("1"));
  for (const std::int64_t micros : {std::int64_t{0},
                                    std::int64_t{1},
                                    std::int64_t{-1},
                                    std::int64_t{1741824000123457},
                                    std::int64_t{4102444799999999},
                                    std::int64_t{-62135596800000000}}) {
    written.last_updated_at = Timestamp(std::chrono::microseconds(micros));
    EXPECT_EQ(json::decode<WorkflowStepStatus>(json::encode(written)), written) << micros;
  }
}

TEST(Codec, KeepsAStatusThatItDoesNotKnow) {
  auto candidate = json::decode<CandidateResponse>(
      R"({"interview_id":"i","posting_id":"p","name":"n","email":"e","status":"on_hold"})");
  EXPECT_EQ(candidate.status, CandidateStatus::other);
  EXPECT_EQ(candidate.status.text(), "on_hold");
  EXPECT_THAT(json::encode(candidate), HasSubstr(R"("status":"on_hold")"));
}

TEST(Codec, KeepsUnknownPropertiesAtEveryLevel) {
  const std::string text =
      R"({"has_more":true,"next":{"deep":[1,{"a":null}]},"url":"u","zeta":18446744073709551615})";
  const auto meta = json::decode<PaginationMeta>(text);
  EXPECT_EQ(
      meta.additional_properties,
      nlohmann::json::parse(R"({"next":{"deep":[1,{"a":null}]},"zeta":18446744073709551615})"));
  EXPECT_EQ(nlohmann::json::parse(json::encode(meta)), nlohmann::json::parse(text));
}

TEST(Codec, RefusesAPropertyThatIsThereTwice) {
  EXPECT_EQ(refusal<PaginationMeta>(R"({"has_more":true,"has_more":false})"),
            "/has_more: duplicate property");
  EXPECT_EQ(refusal<PaginationMeta>(R"({"has_more":true,"x":1,"x":2})"), "/x: duplicate property");
  EXPECT_EQ(refusal<PaginationMeta>(R"({"has_more":true,"x":{"y":1,"y":2}})"),
            "/x/y: duplicate property");
  EXPECT_EQ(
      refusal<CandidateIngestRequest>(R"({"name":"n","email":"e","metadata":{"k":"1","k":"2"}})"),
      "/metadata/k: duplicate property");
}

TEST(Codec, RefusesWhatIsNotJson) {
  for (const std::string& text : {std::string("{"),
                                  std::string(R"({"has_more":tru})"),
                                  std::string(R"({"has_more":true}x)"),
                                  std::string(R"({"has_more":true,})"),
                                  std::string("<html>"),
                                  std::string(R"({"has_more":true,"url":"\ud800"})"),
                                  std::string("{\"has_more\":true,\"url\":\"\xff\"}"),
                                  std::string("{\"has_more\":true,\"url\":\"\xed\xa0\x80\"}"),
                                  std::string("{\"has_more\":true,\"url\":\"a\nb\"}"),
                                  std::string("{\"has_more\":true}\0tail", 21),
                                  std::string(R"({"has_more":NaN})")}) {
    EXPECT_THAT(refusal<PaginationMeta>(text), HasSubstr("invalid JSON")) << text;
  }
  EXPECT_THAT(refusal<PaginationMeta>(""), HasSubstr("empty"));
  EXPECT_EQ(refusal<AgentWebInterviewSummary>(R"({"score":1e999999})"),
            "/score: number out of range of a double (at byte 16)");
}

TEST(Codec, QuotesNothingOfTheDocument) {
  for (const std::string& text : {std::string(R"({"url":"ada@example.com" 1})"),
                                  std::string(R"({"has_more":"ada@example.com"})"),
                                  std::string(R"({"has_more":true,"url":"ada@example.com\q"})"),
                                  std::string(R"({"has_more":ada@example.com})")}) {
    EXPECT_THAT(refusal<PaginationMeta>(text), Not(HasSubstr("ada"))) << text;
  }
}

TEST(Codec, SkipsAByteOrderMark) {
  EXPECT_TRUE(json::decode<PaginationMeta>("\xef\xbb\xbf{\"has_more\":true}").has_more);
}

TEST(Codec, BoundsTheDepth) {
  const auto nested = [](std::size_t depth) {
    return R"({"has_more":true,"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_NO_THROW(json::decode<PaginationMeta>(nested(255)));
  EXPECT_THAT(refusal<PaginationMeta>(nested(256)), HasSubstr("nested deeper than 256 levels"));
  EXPECT_THAT(refusal<PaginationMeta>(nested(100000)), HasSubstr("nested deeper than 256 levels"));
  EXPECT_THAT(refusal<PaginationMeta>(R"({"has_more":true,"x":)" + std::string(100000, '[')),
              HasSubstr("nested deeper than 256 levels"));
}

TEST(Codec, WritesWhatNlohmannDumps) {
  const contract::Contract contract;
  contract::DocumentGenerator generator(contract, 99);
  for (std::size_t i = 0; i < heymilo_test::effort(3000); ++i) {
    const nlohmann::json document =
        generator.normalized("CandidateResponse", generator.document("CandidateResponse"));
    const auto candidate = document.get<CandidateResponse>();
    // The same properties in another order: each one is compared as text.
    const nlohmann::json tree = candidate;
    const std::string text = json::encode(candidate);
    for (const auto& [name, value] : tree.items()) {
      if (!value.is_structured()) {
        ASSERT_THAT(text, HasSubstr(nlohmann::json(name).dump() + ":" + value.dump()));
      }
    }
    ASSERT_EQ(nlohmann::json::parse(text), tree);
    ASSERT_EQ(text.size(), tree.dump().size());
  }
}

/// The refusal of a request on encoding: "path: problem".
std::string encodingRefusal(const CandidateIngestRequest& request) {
  try {
    json::encode(request);
    return "(accepted)";
  } catch (const json::Mismatch& mismatch) {
    return mismatch.path.whole() + ": " + mismatch.problem;
  }
}

TEST(Codec, NamesTheTextThatIsNotUtf8) {
  CandidateIngestRequest request{"Ada", "ada@example.com"};
  request.data = nlohmann::json{{"answers", {"fine", "caf\xe9"}}};
  EXPECT_EQ(encodingRefusal(request), "/data/answers/1: text is not valid UTF-8");
  request.data = nlohmann::json{{"caf\xe9", 1}};
  EXPECT_EQ(encodingRefusal(request), "/data/caf\xe9: text is not valid UTF-8");
  request.data.reset();
  request.name = "\xf0\x9f\x98";
  EXPECT_EQ(encodingRefusal(request), "/name: text is not valid UTF-8");
  request.name = "Ada";
  request.metadata = std::map<std::string, std::string>{{"k", "\xc0\x80"}};
  EXPECT_EQ(encodingRefusal(request), "/metadata/k: text is not valid UTF-8");
}

TEST(Codec, RefusesWhatJsonCanNotSay) {
  CandidateIngestRequest request{"Ada", "ada@example.com"};
  request.data = nlohmann::json{{"x", std::numeric_limits<double>::quiet_NaN()}};
  EXPECT_THAT(encodingRefusal(request), HasSubstr("/data/x: JSON cannot represent NaN"));
  request.data = nlohmann::json::array();
  EXPECT_EQ(encodingRefusal(request), "/data: expected object, found array");
  request.data.reset();
  request.additional_properties = 3;
  EXPECT_EQ(encodingRefusal(request), "/additional_properties: expected object, found number");
  request.additional_properties = {{"email", "another@example.com"}};
  EXPECT_THAT(encodingRefusal(request), HasSubstr("/email: in additional_properties, but"));
  request.additional_properties = {{"source", "fair"}};
  EXPECT_EQ(json::encode(request), R"({"name":"Ada","email":"ada@example.com","source":"fair"})");
}

TEST(Codec, ConvertsWithNlohmannBothWays) {
  const auto tree = nlohmann::json::parse(kCandidate);
  const auto candidate = tree.get<CandidateResponse>();
  nlohmann::json back = candidate;
  back.erase("object");
  back.erase("shortlisted");
  back.erase("dismissed");
  EXPECT_EQ(back, tree);
  EXPECT_EQ(nlohmann::json(std::vector<CandidateResponse>{candidate})[0]["name"], "n");
  try {
    nlohmann::json::parse(R"({"name":"n","email":7})").get<CandidateIngestRequest>();
    FAIL();
  } catch (const DecodeError& error) {
    EXPECT_EQ(error.path(), "/email");
    EXPECT_STREQ(error.what(), "/email: expected string, found integer");
  }
}

// No call is involved: nothing has been sent.
TEST(Codec, AConversionOfACallersOwnJsonHasSentNothing) {
  const auto outcome = [](const auto& convert) {
    try {
      convert();
    } catch (const Error& error) {
      return error.outcome();
    }
    return Outcome::unknown;
  };
  const auto not_it = nlohmann::json::parse(R"({"name":"n","email":7})");
  EXPECT_EQ(outcome([&] { not_it.get<CandidateIngestRequest>(); }), Outcome::not_sent);
  EXPECT_EQ(
      outcome([&] { nlohmann::json::array({not_it}).get<std::vector<CandidateIngestRequest>>(); }),
      Outcome::not_sent);
  EXPECT_EQ(outcome([&] {
              nlohmann::json{{"data", not_it}}.get<BulkCandidateIngestRequest>();
            }),
            Outcome::not_sent);
  EXPECT_EQ(outcome([&] {
              nlohmann::json{{"data", not_it}}.get<SingleResponse<IngestCandidateResponse>>();
            }),
            Outcome::not_sent);
  EXPECT_EQ(outcome([&] { not_it.get<ListResponse<CandidateResponse>>(); }), Outcome::not_sent);
  CandidateIngestRequest request{"Ada", "ada@example.com"};
  EXPECT_EQ(outcome([&] { from_json(not_it, request); }), Outcome::not_sent);
  request.additional_properties = 3;
  EXPECT_EQ(outcome([&] { nlohmann::json(request).size(); }), Outcome::not_sent);
}

TEST(Codec, LeavesAModelAsItWasWhenItsJsonDoesNotFit) {
  CandidateIngestRequest request{"Ada", "ada@example.com"};
  EXPECT_THROW(from_json(nlohmann::json{{"name", "Bob"}}, request), DecodeError);
  EXPECT_EQ(request.name, "Ada");
}

TEST(Codec, ComparesEveryProperty) {
  const auto candidate = json::decode<CandidateResponse>(kCandidate);
  auto other = candidate;
  EXPECT_TRUE(candidate == other);
  EXPECT_FALSE(candidate != other);
  other.score = 3;
  EXPECT_FALSE(candidate == other);
  other = candidate;
  other.additional_properties = {{"x", 1}};
  EXPECT_TRUE(candidate != other);
  other = candidate;
  other.status = CandidateStatus::completed;
  EXPECT_TRUE(candidate != other);
}

}  // namespace
}  // namespace heymilo
