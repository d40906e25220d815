#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "heymilo/models.hpp"

// conformance_test checks for all schemas that no model prints personal data.

namespace heymilo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CandidateResponse ada() {
  CandidateResponse candidate;
  candidate.interview_id = "int_1";
  candidate.posting_id = "posting-1";
  candidate.name = "Ada Example";
  candidate.email = "ada@example.com";
  candidate.score = 87.5;
  candidate.status = CandidateStatus::completed;
  candidate.workflow.emplace().steps.resize(1);
  candidate.workflow->steps[0].step_id = "step_1";
  candidate.workflow->steps[0].status = StepStatus::completed;
  candidate.agent_summary.emplace().sms.emplace().criteria_passed = {{"speaks Danish"}};
  candidate.agent_summary->sms->is_eligible = true;
  candidate.metadata.emplace().emplace("passport", "X1234567");
  candidate.created_at = parseTimestamp("2026-03-13T00:00:00.25Z");
  candidate.additional_properties = {{"nickname", "Addy"}};
  return candidate;
}

constexpr const char* kAda =
    R"(CandidateResponse{"object":"candidate","interview_id":"int_1","posting_id":"posting-1",)"
    R"("name":…,"email":…,"score":…,"status":"completed","workflow":{"steps":[{"step_id":"step_1",)"
    R"("order":0,"status":"completed","started":false,"completed":false,"knocked_out":false}],)"
    R"("all_complete":false},"agent_summary":{"sms":{"is_eligible":…,"criteria_passed":…}},)"
    R"("shortlisted":false,"dismissed":false,"metadata":…,"created_at":"2026-03-13T00:00:00.25Z",)"
    R"("additional_properties":…})";

TEST(Describe, HidesWhoTheCandidateIsAndHowTheyDid) { EXPECT_EQ(describe(ada()), kAda); }

TEST(Describe, ShowsAllOfItWhenAsked) {
  const std::string text = describe(ada(), PersonalData::shown);
  for (const char* part : {R"("name":"Ada Example")",
                           R"("email":"ada@example.com")",
                           R"("score":87.5)",
                           R"("is_eligible":true,"criteria_passed":["speaks Danish"])",
                           R"("metadata":{"passport":"X1234567"})",
                           R"("additional_properties":{"nickname":"Addy"}})"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("…")));
}

TEST(Describe, StreamsAndTestFrameworksHideToo) {
  std::ostringstream out;
  out << ada();
  EXPECT_EQ(out.str(), kAda);
  EXPECT_EQ(::testing::PrintToString(ada()), kAda);
  EXPECT_EQ(::testing::PrintToString(std::vector<CandidateResponse>{ada()}),
            "{ " + std::string(kAda) + " }");
  EXPECT_EQ(::testing::PrintToString(CandidateIngestRequest{"Ada", "ada@example.com"}),
            R"(CandidateIngestRequest{"name":…,"email":…})");
  ListResponse<CandidateResponse> page;
  page.data = {ada()};
  EXPECT_EQ(::testing::PrintToString(page),
            "ListResponse{\"data\":[" + std::string(kAda + sizeof "CandidateResponse" - 1) +
                R"(],"pagination":{"has_more":false}})");
}

TEST(Describe, IsOneLineWhateverTheTextsHold) {
  CandidateResponse candidate;
  candidate.interview_id = "a\n\"\x1b[31m\x7f\xc2\x9b\xff";
  candidate.name = "Zo\xc3\xab \xc2\xa0";
  const std::string text = describe(candidate, PersonalData::shown);
  EXPECT_THAT(text,
              HasSubstr(R"("interview_id":"a\n\"\u001b[31m\u007f\u009b)"
                        "\xef\xbf\xbd\""));
  EXPECT_THAT(text, HasSubstr("\"name\":\"Zo\xc3\xab \xc2\xa0\""));
  for (const char c : describe(candidate)) {
    EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
}

TEST(Describe, DoesNotFailOnWhatJsonCantHold) {
  CandidateResponse candidate;
  candidate.score = std::numeric_limits<double>::quiet_NaN();
  candidate.created_at = Timestamp(std::chrono::hours{24 * 366 * 10'000});
  candidate.data = nlohmann::json::array({1});
  const std::string text = describe(candidate, PersonalData::shown);
  EXPECT_THAT(text, HasSubstr(R"("score":null)"));
  EXPECT_THAT(text, HasSubstr(R"("created_at":316224000000.0)"));
  EXPECT_THAT(text, HasSubstr(R"("data":[1])"));
}

}  // namespace
}  // namespace heymilo
