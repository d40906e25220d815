#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "heymilo/models.hpp"
#include "peers/peer.hpp"

namespace peers {

namespace {

using namespace heymilo;
using rapidjson::Value;
using Page = ListResponse<CandidateResponse>;

// RapidJSON requires its user to check the type first.
void expect(bool fits) {
  if (!fits) {
    throw std::runtime_error("The document does not fit the schema");
  }
}

std::string_view textOf(const Value& value) {
  expect(value.IsString());
  return {value.GetString(), value.GetStringLength()};
}

void read(const Value& value, std::string& out) { out = textOf(value); }

void read(const Value& value, bool& out) {
  expect(value.IsBool());
  out = value.GetBool();
}

void read(const Value& value, std::int64_t& out) {
  expect(value.IsInt64());
  out = value.GetInt64();
}

void read(const Value& value, double& out) {
  expect(value.IsNumber());
  out = value.GetDouble();
}

void read(const Value& value, Timestamp& out) {
  expect(value.IsNumber());
  out = Timestamp(std::chrono::microseconds(std::llround(value.GetDouble() * 1e6)));
}

template <class Values>
void read(const Value& value, OpenEnum<Values>& out) {
  out = OpenEnum<Values>(textOf(value));
}

void read(const Value& value, std::map<std::string, std::string>& out) {
  expect(value.IsObject());
  for (const auto& member : value.GetObject()) {
    read(member.value, out[std::string(textOf(member.name))]);
  }
}

void read(const Value& value, nlohmann::json& out) {
  switch (value.GetType()) {
    case rapidjson::kNullType:
      out = nullptr;
      break;
    case rapidjson::kFalseType:
    case rapidjson::kTrueType:
      out = value.GetBool();
      break;
    case rapidjson::kStringType:
      out = textOf(value);
      break;
    case rapidjson::kNumberType:
      if (value.IsUint64()) {
        out = value.GetUint64();
      } else if (value.IsInt64()) {
        out = value.GetInt64();
      } else {
        out = value.GetDouble();
      }
      break;
    case rapidjson::kArrayType:
      out = nlohmann::json::array();
      for (const Value& element : value.GetArray()) {
        read(element, out.emplace_back());
      }
      break;
    case rapidjson::kObjectType:
      out = nlohmann::json::object();
      for (const auto& member : value.GetObject()) {
        read(member.value, out[std::string(textOf(member.name))]);
      }
      break;
  }
}

void read(const Value& value, WorkflowStepStatus& out);
void read(const Value& value, CandidateWorkflow& out);
void read(const Value& value, AgentResumeSummary& out);
void read(const Value& value, AgentWebInterviewSummary& out);
void read(const Value& value, AgentSMSSummary& out);
void read(const Value& value, AgentFormSummary& out);
void read(const Value& value, AgentSummary& out);
void read(const Value& value, CandidateResponse& out);
void read(const Value& value, PaginationMeta& out);

template <class T>
void read(const Value& value, std::vector<T>& out) {
  expect(value.IsArray());
  out.resize(value.Size());
  for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
    read(value[i], out[i]);
  }
}

template <class T>
void getRequired(const Value& object, const char* name, T& out) {
  const auto found = object.FindMember(name);
  expect(found != object.MemberEnd());
  read(found->value, out);
}

template <class T>
void getOptional(const Value& object, const char* name, T& out) {
  const auto found = object.FindMember(name);
  if (found != object.MemberEnd() && !found->value.IsNull()) {
    read(found->value, out);
  }
}

template <class T>
void getOptional(const Value& object, const char* name, std::optional<T>& out) {
  const auto found = object.FindMember(name);
  if (found != object.MemberEnd() && !found->value.IsNull()) {
    read(found->value, out.emplace());
  }
}

void read(const Value& value, WorkflowStepStatus& out) {
  expect(value.IsObject());
  getRequired(value, "step_id", out.step_id);
  getRequired(value, "order", out.order);
  getRequired(value, "status", out.status);
  getRequired(value, "started", out.started);
  getRequired(value, "completed", out.completed);
  getOptional(value, "knocked_out", out.knocked_out);
  getOptional(value, "last_updated_at", out.last_updated_at);
}

void read(const Value& value, CandidateWorkflow& out) {
  expect(value.IsObject());
  getRequired(value, "steps", out.steps);
  getRequired(value, "all_complete", out.all_complete);
  getOptional(value, "last_activity_at", out.last_activity_at);
}

void read(const Value& value, AgentResumeSummary& out) {
  expect(value.IsObject());
  getOptional(value, "resume_score", out.resume_score);
  getOptional(value, "is_eligible", out.is_eligible);
  getOptional(value, "resume_link", out.resume_link);
}

void read(const Value& value, AgentWebInterviewSummary& out) {
  expect(value.IsObject());
  getOptional(value, "score", out.score);
  getOptional(value, "highlights", out.highlights);
  getOptional(value, "audio_recording_link", out.audio_recording_link);
  getOptional(value, "video_recording_link", out.video_recording_link);
}

void read(const Value& value, AgentSMSSummary& out) {
  expect(value.IsObject());
  getOptional(value, "is_eligible", out.is_eligible);
  getOptional(value, "criteria_passed", out.criteria_passed);
  getOptional(value, "criteria_failed", out.criteria_failed);
  getOptional(value, "messages_sent", out.messages_sent);
}

void read(const Value& value, AgentFormSummary& out) {
  expect(value.IsObject());
  getOptional(value, "is_complete", out.is_complete);
  getOptional(value, "is_eligible", out.is_eligible);
  getOptional(value, "questions_answered", out.questions_answered);
  getOptional(value, "total_questions", out.total_questions);
}

void read(const Value& value, AgentSummary& out) {
  expect(value.IsObject());
  getOptional(value, "resume", out.resume);
  getOptional(value, "web_interview", out.web_interview);
  getOptional(value, "sms", out.sms);
  getOptional(value, "form", out.form);
}

void read(const Value& value, CandidateResponse& out) {
  expect(value.IsObject());
  getOptional(value, "object", out.object);
  getRequired(value, "interview_id", out.interview_id);
  getOptional(value, "candidate_id", out.candidate_id);
  getRequired(value, "posting_id", out.posting_id);
  getRequired(value, "name", out.name);
  getRequired(value, "email", out.email);
  getOptional(value, "score", out.score);
  getRequired(value, "status", out.status);
  getOptional(value, "interview_url", out.interview_url);
  getOptional(value, "workflow", out.workflow);
  getOptional(value, "agent_summary", out.agent_summary);
  getOptional(value, "shortlisted", out.shortlisted);
  getOptional(value, "dismissed", out.dismissed);
  getOptional(value, "metadata", out.metadata);
  getOptional(value, "data", out.data);
  getOptional(value, "interviewed_at", out.interviewed_at);
  getOptional(value, "created_at", out.created_at);
}

void read(const Value& value, PaginationMeta& out) {
  expect(value.IsObject());
  getRequired(value, "has_more", out.has_more);
  getOptional(value, "total_count", out.total_count);
  getOptional(value, "url", out.url);
}

Page decodePage(const std::string& text) {
  rapidjson::Document document;
  // Numbers to the last bit, as the other peers read them.
  document.Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
  expect(!document.HasParseError() && document.IsObject());
  Page page;
  getRequired(document, "data", page.data);
  getRequired(document, "pagination", page.pagination);
  return page;
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(Writer& writer, const std::string& text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void writeKey(Writer& writer, const std::string& name) {
  writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}

void write(Writer& writer, const nlohmann::json& json) {
  switch (json.type()) {
    case nlohmann::json::value_t::null:
      writer.Null();
      break;
    case nlohmann::json::value_t::boolean:
      writer.Bool(json.get<bool>());
      break;
    case nlohmann::json::value_t::string:
      write(writer, json.get_ref<const std::string&>());
      break;
    case nlohmann::json::value_t::number_integer:
      writer.Int64(json.get<std::int64_t>());
      break;
    case nlohmann::json::value_t::number_unsigned:
      writer.Uint64(json.get<std::uint64_t>());
      break;
    case nlohmann::json::value_t::number_float:
      writer.Double(json.get<double>());
      break;
    case nlohmann::json::value_t::array:
      writer.StartArray();
      for (const nlohmann::json& element : json) {
        write(writer, element);
      }
      writer.EndArray();
      break;
    case nlohmann::json::value_t::object:
      writer.StartObject();
      for (const auto& [name, value] : json.get_ref<const nlohmann::json::object_t&>()) {
        writeKey(writer, name);
        write(writer, value);
      }
      writer.EndObject();
      break;
    case nlohmann::json::value_t::binary:
    case nlohmann::json::value_t::discarded:
      throw std::invalid_argument("Not a JSON value");
  }
}

void write(Writer& writer, const CandidateIngestRequest& person) {
  writer.StartObject();
  writer.Key("name");
  write(writer, person.name);
  writer.Key("email");
  write(writer, person.email);
  if (person.phone_number) {
    writer.Key("phone_number");
    write(writer, *person.phone_number);
  }
  if (person.metadata) {
    writer.Key("metadata");
    writer.StartObject();
    for (const auto& [name, value] : *person.metadata) {
      writeKey(writer, name);
      write(writer, value);
    }
    writer.EndObject();
  }
  if (person.data) {
    writer.Key("data");
    write(writer, *person.data);
  }
  writer.EndObject();
}

std::string encodeBulk(const BulkCandidateIngestRequest& bulk) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  writer.Key("data");
  writer.StartArray();
  for (const CandidateIngestRequest& person : bulk.data) {
    write(writer, person);
  }
  writer.EndArray();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

Codec rapidJson(const std::string& page, const std::string& bulk) {
  Codec codec;
  codec.decode_page = [page] {
    const Page decoded = decodePage(page);
    std::size_t sum = 0;
    for (const CandidateResponse& candidate : decoded.data) {
      sum += candidate.name.size() + candidate.email.size();
      if (candidate.workflow) {
        sum += candidate.workflow->steps.size();
      }
    }
    return sum;
  };
  codec.encode_bulk = [body = nlohmann::json::parse(bulk).get<BulkCandidateIngestRequest>()] {
    return encodeBulk(body);
  };
  return codec;
}

}  // namespace peers
