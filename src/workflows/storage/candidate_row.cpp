#include "workflows/storage/candidate_row.hpp"

#include <nlohmann/json.hpp>

#include "heymilo/errors.hpp"

namespace heymilo::workflows {

namespace {

const WorkflowStepStatus* currentStep(const CandidateResponse& candidate) {
  if (candidate.workflow) {
    for (const WorkflowStepStatus& step : candidate.workflow->steps) {
      if (step.status == StepStatus::in_progress) {
        return &step;
      }
    }
  }
  return nullptr;
}

std::string documentOf(const CandidateResponse& candidate) {
  try {
    return nlohmann::json(candidate).dump();
  } catch (const nlohmann::json::exception&) {  // its text would quote the value
    throw InvalidArgumentError("candidate", "contains text that is not valid UTF-8");
  }
}

bool sameButForSignedLinks(const std::string& document, const CandidateResponse& candidate) {
  try {
    const auto before = nlohmann::json::parse(document).get<CandidateResponse>();
    return withoutSignedLinks(before) == withoutSignedLinks(candidate);
  } catch (const nlohmann::json::exception&) {
    return false;  // modified by another program
  } catch (const DecodeError&) {
    return false;  // written by a version with another schema
  }
}

}  // namespace

CandidateResponse withoutSignedLinks(CandidateResponse candidate) {
  if (candidate.agent_summary && candidate.agent_summary->web_interview) {
    candidate.agent_summary->web_interview->audio_recording_link.reset();
    candidate.agent_summary->web_interview->video_recording_link.reset();
  }
  return candidate;
}

CandidateRow compareCandidate(const CandidateResponse& candidate,
                              const std::optional<StoredCandidate>& before,
                              MirrorChanges& changes) {
  CandidateRow row;
  row.state.document = documentOf(candidate);
  row.state.status = candidate.status.text();
  if (const WorkflowStepStatus* step = currentStep(candidate)) {
    row.state.step_id = step->step_id;
    row.state.step_order = step->order;
  }
  if (!before) {
    ++changes.added;
    row.differs = row.moved = true;
    return row;
  }
  row.differs =
      before->document != row.state.document && !sameButForSignedLinks(before->document, candidate);
  row.moved = before->status != row.state.status || before->step_id != row.state.step_id ||
              before->step_order != row.state.step_order;
  changes.changed += row.differs || before->gone ? 1U : 0U;
  return row;
}

}  // namespace heymilo::workflows
