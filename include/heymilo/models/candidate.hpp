#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/models/open_enum.hpp"
#include "heymilo/models/schema.hpp"
#include "heymilo/models/timestamp.hpp"

namespace heymilo {

/// A candidate's status in one step of the workflow.
struct WorkflowStepStatus {
  std::string step_id;                         ///< of the step in the workflow
  std::int64_t order = 0;                      ///< position in the workflow, from 1
  StepStatus status;                           ///< the candidate's status in it
  bool started = false;                        ///< the candidate has started this step
  bool completed = false;                      ///< the candidate has completed this step
  bool knocked_out = false;                    ///< the candidate was disqualified at this step
  std::optional<Timestamp> last_updated_at{};  ///< the last change of status
  nlohmann::json additional_properties{};      ///< unknown properties; null if none
};

template <>
struct Schema<WorkflowStepStatus> {
  using S = WorkflowStepStatus;
  static constexpr const char* name = "WorkflowStepStatus";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("step_id", &S::step_id, detail::shown),
                 detail::required("order", &S::order, detail::shown),
                 detail::required("status", &S::status, detail::shown),
                 detail::required("started", &S::started, detail::shown),
                 detail::required("completed", &S::completed, detail::shown),
                 detail::optional("knocked_out", &S::knocked_out, detail::shown),
                 detail::optional("last_updated_at", &S::last_updated_at, detail::shown));
  }
};

/// A candidate's progress through the workflow as a whole.
struct CandidateWorkflow {
  std::vector<WorkflowStepStatus> steps;        ///< in the order of the workflow
  bool all_complete = false;                    ///< every step has been completed
  std::optional<Timestamp> last_activity_at{};  ///< the latest interaction with any step
  nlohmann::json additional_properties{};       ///< unknown properties; null if none
};

template <>
struct Schema<CandidateWorkflow> {
  using S = CandidateWorkflow;
  static constexpr const char* name = "CandidateWorkflow";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("steps", &S::steps),
                 detail::required("all_complete", &S::all_complete, detail::shown),
                 detail::optional("last_activity_at", &S::last_activity_at, detail::shown));
  }
};

/// The result of the resume screening.
struct AgentResumeSummary {
  std::optional<double> resume_score{};      ///< how well the resume matches
  std::optional<bool> is_eligible{};         ///< the candidate meets the eligibility criteria
  std::optional<std::string> resume_link{};  ///< URL of the uploaded resume
  nlohmann::json additional_properties{};    ///< unknown properties; null if none
};

template <>
struct Schema<AgentResumeSummary> {
  using S = AgentResumeSummary;
  static constexpr const char* name = "AgentResumeSummary";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::optional("resume_score", &S::resume_score),
                 detail::optional("is_eligible", &S::is_eligible),
                 detail::optional("resume_link", &S::resume_link));
  }
};

/// The result of the web interview. The links are signed: anyone who has one can open it.
struct AgentWebInterviewSummary {
  std::optional<double> score{};                         ///< overall interview score
  std::optional<std::vector<std::string>> highlights{};  ///< strengths that the AI identified
  std::optional<std::string> audio_recording_link{};     ///< signed URL of the audio
  std::optional<std::string> video_recording_link{};     ///< signed URL of the video
  nlohmann::json additional_properties{};                ///< unknown properties; null if none
};

template <>
struct Schema<AgentWebInterviewSummary> {
  using S = AgentWebInterviewSummary;
  static constexpr const char* name = "AgentWebInterviewSummary";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::optional("score", &S::score),
                 detail::optional("highlights", &S::highlights),
                 detail::optional("audio_recording_link", &S::audio_recording_link),
                 detail::optional("video_recording_link", &S::video_recording_link));
  }
};

/// The result of the SMS screening.
struct AgentSMSSummary {
  std::optional<bool> is_eligible{};                          ///< passed the screening
  std::optional<std::vector<std::string>> criteria_passed{};  ///< those that were met
  std::optional<std::vector<std::string>> criteria_failed{};  ///< those that were not met
  std::optional<std::int64_t> messages_sent{};                ///< by the agent, in total
  nlohmann::json additional_properties{};                     ///< unknown properties; null if none
};

template <>
struct Schema<AgentSMSSummary> {
  using S = AgentSMSSummary;
  static constexpr const char* name = "AgentSMSSummary";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::optional("is_eligible", &S::is_eligible),
                 detail::optional("criteria_passed", &S::criteria_passed),
                 detail::optional("criteria_failed", &S::criteria_failed),
                 detail::optional("messages_sent", &S::messages_sent, detail::shown));
  }
};

/// The result of the form screening.
struct AgentFormSummary {
  std::optional<bool> is_complete{};                 ///< the candidate completed the form
  std::optional<bool> is_eligible{};                 ///< passed all knockout questions
  std::optional<std::int64_t> questions_answered{};  ///< by the candidate
  std::optional<std::int64_t> total_questions{};     ///< on the form
  nlohmann::json additional_properties{};            ///< unknown properties; null if none
};

template <>
struct Schema<AgentFormSummary> {
  using S = AgentFormSummary;
  static constexpr const char* name = "AgentFormSummary";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::optional("is_complete", &S::is_complete, detail::shown),
                 detail::optional("is_eligible", &S::is_eligible),
                 detail::optional("questions_answered", &S::questions_answered, detail::shown),
                 detail::optional("total_questions", &S::total_questions, detail::shown));
  }
};

/// The results of each kind of agent for a candidate.
struct AgentSummary {
  std::optional<AgentResumeSummary> resume{};               ///< of the resume
  std::optional<AgentWebInterviewSummary> web_interview{};  ///< of the web interview
  std::optional<AgentSMSSummary> sms{};                     ///< of the SMS screening
  std::optional<AgentFormSummary> form{};                   ///< of the form
  nlohmann::json additional_properties{};                   ///< unknown properties; null if none
};

template <>
struct Schema<AgentSummary> {
  using S = AgentSummary;
  static constexpr const char* name = "AgentSummary";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::optional("resume", &S::resume),
                 detail::optional("web_interview", &S::web_interview),
                 detail::optional("sms", &S::sms),
                 detail::optional("form", &S::form));
  }
};

/// A candidate within a posting's pipeline.
struct CandidateResponse {
  std::string object = "candidate";             ///< the kind of object
  std::string interview_id;                     ///< one for each pair of candidate and posting
  std::optional<std::string> candidate_id{};    ///< shared across the postings of a workspace
  std::string posting_id;                       ///< the posting the candidate is in
  std::string name;                             ///< full name
  std::string email;                            ///< e-mail address
  std::optional<double> score{};                ///< 0 to 100, over all completed steps
  CandidateStatus status;                       ///< the candidate's status
  std::optional<std::string> interview_url{};   ///< the URL of the interview
  std::optional<CandidateWorkflow> workflow{};  ///< progress, step by step
  std::optional<AgentSummary> agent_summary{};  ///< the agents' results
  bool shortlisted = false;                     ///< by a recruiter
  bool dismissed = false;                       ///< by a recruiter
  /// Up to 50 keys of at most 40 characters, values of at most 500.
  std::optional<std::map<std::string, std::string>> metadata{};
  std::optional<nlohmann::json> data{};       ///< an object: the data given at ingestion
  std::optional<Timestamp> interviewed_at{};  ///< when the interview was completed
  std::optional<Timestamp> created_at{};      ///< when the candidate was ingested
  nlohmann::json additional_properties{};     ///< unknown properties; null if none
};

template <>
struct Schema<CandidateResponse> {
  using S = CandidateResponse;
  static constexpr const char* name = "CandidateResponse";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::optional("object", &S::object, detail::shown),
                 detail::required("interview_id", &S::interview_id, detail::shown),
                 detail::optional("candidate_id", &S::candidate_id, detail::shown),
                 detail::required("posting_id", &S::posting_id, detail::shown),
                 detail::required("name", &S::name),
                 detail::required("email", &S::email),
                 detail::optional("score", &S::score),
                 detail::required("status", &S::status, detail::shown),
                 detail::optional("interview_url", &S::interview_url),
                 detail::optional("workflow", &S::workflow),
                 detail::optional("agent_summary", &S::agent_summary),
                 detail::optional("shortlisted", &S::shortlisted, detail::shown),
                 detail::optional("dismissed", &S::dismissed, detail::shown),
                 detail::optional("metadata", &S::metadata),
                 detail::optional("data", &S::data),
                 detail::optional("interviewed_at", &S::interviewed_at, detail::shown),
                 detail::optional("created_at", &S::created_at, detail::shown));
  }
};

}  // namespace heymilo
