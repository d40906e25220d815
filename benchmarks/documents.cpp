#include "documents.hpp"

#include <iterator>
#include <string_view>

#include "json/codec.hpp"

namespace benchmarks {

namespace {

using namespace heymilo;

std::string numbered(std::string_view text, std::size_t number) {
  std::string digits = std::to_string(number);
  return std::string(text) + std::string(6 - (std::min)(digits.size(), std::size_t{6}), '0') +
         digits;
}

std::string personName(std::size_t number) {
  constexpr std::string_view kNames[] = {
      "Ada Lovelace", "Grace \"Amazing\" Hopper", "Zoë Müller-Lüdenscheidt", "Nguyễn Thị Minh"};
  return std::string(kNames[number % std::size(kNames)]) + ' ' + std::to_string(number);
}

Timestamp moment(std::size_t number) {
  return Timestamp(std::chrono::microseconds(1'767'225'600'123'457 + 61'000'003 * number));
}

WorkflowStepStatus step(std::size_t number, std::size_t order) {
  WorkflowStepStatus step;
  step.step_id = numbered("step_", order);
  step.order = static_cast<std::int64_t>(order);
  step.status = order < 3 ? StepStatus::completed : StepStatus::in_progress;
  step.started = true;
  step.completed = order < 3;
  step.last_updated_at = moment(number + order);
  return step;
}

CandidateResponse candidate(std::size_t number) {
  CandidateResponse candidate;
  candidate.interview_id = numbered("int_5f2b9c1e7a", number);
  candidate.candidate_id = numbered("cand_8d1f0a63b2", number);
  candidate.posting_id = "post_2c9f4b7d1e60";
  candidate.name = personName(number);
  candidate.email = numbered("person.", number) + "@example.com";
  candidate.score = 40.0 + static_cast<double>(number % 600) / 10.0;
  candidate.status = CandidateStatus::in_progress;
  candidate.interview_url = "https://app.example.com/interview/" + candidate.interview_id;
  CandidateWorkflow workflow;
  for (std::size_t order = 1; order <= 3; ++order) {
    workflow.steps.push_back(step(number, order));
  }
  workflow.last_activity_at = moment(number + 3);
  candidate.workflow = workflow;
  AgentSummary summary;
  summary.resume = AgentResumeSummary{72.5, true, "https://files.example.com/resume.pdf"};
  AgentWebInterviewSummary interview;
  interview.score = 81.25;
  interview.highlights = {"Explains trade-offs clearly", "Has led a team of \"five\""};
  summary.web_interview = interview;
  AgentFormSummary form;
  form.is_complete = true;
  form.questions_answered = 7;
  form.total_questions = 9;
  summary.form = form;
  candidate.agent_summary = summary;
  candidate.metadata = {{"external_id", numbered("ats-", number)}, {"source", "careers page"}};
  candidate.data = {{"city", "São Paulo"}, {"years", number % 30}};
  candidate.created_at = moment(number);
  return candidate;
}

}  // namespace

std::string pageText(std::size_t candidates) {
  ListResponse<CandidateResponse> page;
  for (std::size_t i = 0; i < candidates; ++i) {
    page.data.push_back(candidate(i));
  }
  page.pagination.has_more = true;
  page.pagination.total_count = 10'000;
  return heymilo::json::encode(page);  // in the order of the schema, like the API
}

BulkCandidateIngestRequest bulkRequest(std::size_t people) {
  BulkCandidateIngestRequest bulk;
  for (std::size_t i = 0; i < people; ++i) {
    CandidateIngestRequest person;
    person.name = personName(i);
    person.email = numbered("person.", i) + "@example.com";
    person.phone_number = numbered("+14155", i);
    person.metadata = {{"external_id", numbered("ats-", i)},
                       {"source", "careers page"},
                       {"recruiter", "Line\nbreak and \ttab"}};
    person.data = {{"city", "São Paulo"},
                   {"years", i % 30},
                   {"rating", static_cast<double>(i % 50) / 10.0},
                   {"languages", {"English", "Português", "Deutsch"}},
                   {"note",
                    "Available from next month; would rather work from home on most days, at least "
                    "to begin with."}};
    bulk.data.push_back(person);
  }
  return bulk;
}

}  // namespace benchmarks
