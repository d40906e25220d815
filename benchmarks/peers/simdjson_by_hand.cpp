#include <simdjson.h>

#include <cmath>

#include "peers/by_hand.hpp"

namespace by_hand {

namespace {

using namespace heymilo;
namespace od = simdjson::ondemand;

std::string text(od::value value) { return std::string(std::string_view(value.get_string())); }

void read(od::value value, std::string& out) { out = std::string_view(value.get_string()); }
void read(od::value value, bool& out) { out = value.get_bool(); }
void read(od::value value, std::int64_t& out) { out = value.get_int64(); }
void read(od::value value, double& out) { out = value.get_double(); }
void read(od::value value, Timestamp& out) {
  out = Timestamp(
      std::chrono::microseconds(std::llround(static_cast<double>(value.get_double()) * 1e6)));
}
template <class Values>
void read(od::value value, OpenEnum<Values>& out) {
  out = OpenEnum<Values>(std::string_view(value.get_string()));
}
void read(od::value value, std::map<std::string, std::string>& out) {
  for (auto field : value.get_object()) {
    std::string key(std::string_view(field.unescaped_key()));
    out[std::move(key)] = text(field.value());
  }
}
void read(od::value value, nlohmann::json& out) {
  switch (value.type()) {
    case od::json_type::object:
      out = nlohmann::json::object();
      for (auto field : value.get_object()) {
        std::string key(std::string_view(field.unescaped_key()));
        read(field.value(), out[std::move(key)]);
      }
      break;
    case od::json_type::array:
      out = nlohmann::json::array();
      for (auto element : value.get_array()) {
        read(element.value(), out.emplace_back());
      }
      break;
    case od::json_type::string:
      out = text(value);
      break;
    case od::json_type::number: {
      od::number number = value.get_number();
      if (number.is_uint64()) {
        out = number.get_uint64();
      } else if (number.is_int64()) {
        out = number.get_int64();
      } else {
        out = number.get_double();
      }
      break;
    }
    case od::json_type::boolean:
      out = bool(value.get_bool());
      break;
    case od::json_type::null:
      out = nullptr;
      break;
  }
}

void read(od::value value, WorkflowStepStatus& out);
void read(od::value value, CandidateWorkflow& out);
void read(od::value value, AgentResumeSummary& out);
void read(od::value value, AgentWebInterviewSummary& out);
void read(od::value value, AgentSMSSummary& out);
void read(od::value value, AgentFormSummary& out);
void read(od::value value, AgentSummary& out);
void read(od::value value, CandidateResponse& out);

template <class T>
void read(od::value value, std::vector<T>& out) {
  for (auto element : value.get_array()) {
    read(element.value(), out.emplace_back());
  }
}
template <class T>
void read(od::value value, std::optional<T>& out) {
  if (!value.is_null()) {
    read(value, out.emplace());
  }
}

void read(od::value value, WorkflowStepStatus& out) {
  for (auto field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "step_id") {
      read(field.value(), out.step_id);
    } else if (key == "order") {
      read(field.value(), out.order);
    } else if (key == "status") {
      read(field.value(), out.status);
    } else if (key == "started") {
      read(field.value(), out.started);
    } else if (key == "completed") {
      read(field.value(), out.completed);
    } else if (key == "knocked_out") {
      read(field.value(), out.knocked_out);
    } else if (key == "last_updated_at") {
      read(field.value(), out.last_updated_at);
    }
  }
}

void read(od::value value, CandidateWorkflow& out) {
  for (auto field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "steps") {
      read(field.value(), out.steps);
    } else if (key == "all_complete") {
      read(field.value(), out.all_complete);
    } else if (key == "last_activity_at") {
      read(field.value(), out.last_activity_at);
    }
  }
}

void read(od::value value, AgentResumeSummary& out) {
  for (auto field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "resume_score") {
      read(field.value(), out.resume_score);
    } else if (key == "is_eligible") {
      read(field.value(), out.is_eligible);
    } else if (key == "resume_link") {
      read(field.value(), out.resume_link);
    }
  }
}

void read(od::value value, AgentWebInterviewSummary& out) {
  for (auto field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "score") {
      read(field.value(), out.score);
    } else if (key == "highlights") {
      read(field.value(), out.highlights);
    } else if (key == "audio_recording_link") {
      read(field.value(), out.audio_recording_link);
    } else if (key == "video_recording_link") {
      read(field.value(), out.video_recording_link);
    }
  }
}

void read(od::value value, AgentSMSSummary& out) {
  for (auto field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "is_eligible") {
      read(field.value(), out.is_eligible);
    } else if (key == "criteria_passed") {
      read(field.value(), out.criteria_passed);
    } else if (key == "criteria_failed") {
      read(field.value(), out.criteria_failed);
    } else if (key == "messages_sent") {
      read(field.value(), out.messages_sent);
    }
  }
}

void read(od::value value, AgentFormSummary& out) {
  for (auto field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "is_complete") {
      read(field.value(), out.is_complete);
    } else if (key == "is_eligible") {
      read(field.value(), out.is_eligible);
    } else if (key == "questions_answered") {
      read(field.value(), out.questions_answered);
    } else if (key == "total_questions") {
      read(field.value(), out.total_questions);
    }
  }
}

void read(od::value value, AgentSummary& out) {
  for (auto field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "resume") {
      read(field.value(), out.resume);
    } else if (key == "web_interview") {
      read(field.value(), out.web_interview);
    } else if (key == "sms") {
      read(field.value(), out.sms);
    } else if (key == "form") {
      read(field.value(), out.form);
    }
  }
}

void read(od::value value, CandidateResponse& out) {
  for (auto field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "object") {
      read(field.value(), out.object);
    } else if (key == "interview_id") {
      read(field.value(), out.interview_id);
    } else if (key == "candidate_id") {
      read(field.value(), out.candidate_id);
    } else if (key == "posting_id") {
      read(field.value(), out.posting_id);
    } else if (key == "name") {
      read(field.value(), out.name);
    } else if (key == "email") {
      read(field.value(), out.email);
    } else if (key == "score") {
      read(field.value(), out.score);
    } else if (key == "status") {
      read(field.value(), out.status);
    } else if (key == "interview_url") {
      read(field.value(), out.interview_url);
    } else if (key == "workflow") {
      read(field.value(), out.workflow);
    } else if (key == "agent_summary") {
      read(field.value(), out.agent_summary);
    } else if (key == "shortlisted") {
      read(field.value(), out.shortlisted);
    } else if (key == "dismissed") {
      read(field.value(), out.dismissed);
    } else if (key == "metadata") {
      read(field.value(), out.metadata);
    } else if (key == "data") {
      read(field.value(), out.data);
    } else if (key == "interviewed_at") {
      read(field.value(), out.interviewed_at);
    } else if (key == "created_at") {
      read(field.value(), out.created_at);
    }
  }
}

void read(od::value value, PaginationMeta& out) {
  for (auto field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "has_more") {
      read(field.value(), out.has_more);
    } else if (key == "total_count") {
      read(field.value(), out.total_count);
    } else if (key == "url") {
      read(field.value(), out.url);
    }
  }
}

}  // namespace

Page decodePageWithSimdjson(const std::string& text) {
  static od::parser parser;  // its buffers are kept, as its documentation says they should be
  od::document document =
      parser.iterate(simdjson::padded_string_view(text.data(), text.size(), text.capacity()));
  Page page;
  for (auto field : document.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "data") {
      read(field.value(), page.data);
    } else if (key == "pagination") {
      read(field.value(), page.pagination);
    }
  }
  return page;
}

}  // namespace by_hand
