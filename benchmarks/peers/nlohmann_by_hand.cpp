#include <cmath>
#include <nlohmann/json.hpp>

#include "peers/by_hand.hpp"

namespace by_hand {

namespace {

using namespace heymilo;
using nlohmann::json;

template <class T>
void get(const json& object, const char* name, std::optional<T>& value) {
  if (const auto found = object.find(name); found != object.end() && !found->is_null()) {
    value = found->get<T>();
  }
}

void get(const json& object, const char* name, std::optional<Timestamp>& value) {
  if (const auto found = object.find(name); found != object.end() && !found->is_null()) {
    value = Timestamp(std::chrono::microseconds(std::llround(found->get<double>() * 1e6)));
  }
}

void read(const json& object, WorkflowStepStatus& step) {
  step.step_id = object.at("step_id").get<std::string>();
  step.order = object.at("order").get<std::int64_t>();
  step.status = StepStatus(object.at("status").get_ref<const std::string&>());
  step.started = object.at("started").get<bool>();
  step.completed = object.at("completed").get<bool>();
  step.knocked_out = object.value("knocked_out", false);
  get(object, "last_updated_at", step.last_updated_at);
}

void read(const json& object, CandidateWorkflow& workflow) {
  const json& steps = object.at("steps");
  workflow.steps.resize(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    read(steps[i], workflow.steps[i]);
  }
  workflow.all_complete = object.at("all_complete").get<bool>();
  get(object, "last_activity_at", workflow.last_activity_at);
}

void read(const json& object, AgentResumeSummary& resume) {
  get(object, "resume_score", resume.resume_score);
  get(object, "is_eligible", resume.is_eligible);
  get(object, "resume_link", resume.resume_link);
}

void read(const json& object, AgentWebInterviewSummary& interview) {
  get(object, "score", interview.score);
  get(object, "highlights", interview.highlights);
  get(object, "audio_recording_link", interview.audio_recording_link);
  get(object, "video_recording_link", interview.video_recording_link);
}

void read(const json& object, AgentSMSSummary& sms) {
  get(object, "is_eligible", sms.is_eligible);
  get(object, "criteria_passed", sms.criteria_passed);
  get(object, "criteria_failed", sms.criteria_failed);
  get(object, "messages_sent", sms.messages_sent);
}

void read(const json& object, AgentFormSummary& form) {
  get(object, "is_complete", form.is_complete);
  get(object, "is_eligible", form.is_eligible);
  get(object, "questions_answered", form.questions_answered);
  get(object, "total_questions", form.total_questions);
}

void read(const json& object, AgentSummary& summary);

template <class T>
void readOptional(const json& object, const char* name, std::optional<T>& value) {
  if (const auto found = object.find(name); found != object.end() && !found->is_null()) {
    read(*found, value.emplace());
  }
}

void read(const json& object, AgentSummary& summary) {
  readOptional(object, "resume", summary.resume);
  readOptional(object, "web_interview", summary.web_interview);
  readOptional(object, "sms", summary.sms);
  readOptional(object, "form", summary.form);
}

void read(const json& object, CandidateResponse& candidate) {
  candidate.object = object.value("object", "candidate");
  candidate.interview_id = object.at("interview_id").get<std::string>();
  get(object, "candidate_id", candidate.candidate_id);
  candidate.posting_id = object.at("posting_id").get<std::string>();
  candidate.name = object.at("name").get<std::string>();
  candidate.email = object.at("email").get<std::string>();
  get(object, "score", candidate.score);
  candidate.status = CandidateStatus(object.at("status").get_ref<const std::string&>());
  get(object, "interview_url", candidate.interview_url);
  readOptional(object, "workflow", candidate.workflow);
  readOptional(object, "agent_summary", candidate.agent_summary);
  candidate.shortlisted = object.value("shortlisted", false);
  candidate.dismissed = object.value("dismissed", false);
  get(object, "metadata", candidate.metadata);
  get(object, "data", candidate.data);
  get(object, "interviewed_at", candidate.interviewed_at);
  get(object, "created_at", candidate.created_at);
}

json treeOf(const CandidateIngestRequest& person) {
  json object = {{"name", person.name}, {"email", person.email}};
  if (person.phone_number) {
    object["phone_number"] = *person.phone_number;
  }
  if (person.metadata) {
    object["metadata"] = *person.metadata;
  }
  if (person.data) {
    object["data"] = *person.data;
  }
  return object;
}

}  // namespace

Page decodePageWithNlohmann(const std::string& text) {
  const json tree = json::parse(text);
  Page page;
  const json& data = tree.at("data");
  page.data.resize(data.size());
  for (std::size_t i = 0; i < data.size(); ++i) {
    read(data[i], page.data[i]);
  }
  const json& pagination = tree.at("pagination");
  page.pagination.has_more = pagination.at("has_more").get<bool>();
  get(pagination, "total_count", page.pagination.total_count);
  get(pagination, "url", page.pagination.url);
  return page;
}

std::string encodeBulkWithNlohmann(const BulkCandidateIngestRequest& bulk) {
  json people = json::array();
  for (const CandidateIngestRequest& person : bulk.data) {
    people.push_back(treeOf(person));
  }
  return json{{"data", std::move(people)}}.dump();
}

}  // namespace by_hand
