#include "testing/server/state/candidate_json.hpp"

#include <array>
#include <string_view>

#include "testing/server/state/luck.hpp"
#include "testing/server/state/workflow.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::array<std::string_view, kSteps> kStepIds = {
    "step_resume", "step_sms", "step_web_interview", "step_form"};
constexpr std::array<std::string_view, kSteps> kStepLabels = {
    "Résumé", "SMS", "Web interview", "Form"};
constexpr std::array<std::string_view, 6> kHighlights = {"Explains trade-offs clearly",
                                                         "Calm under pressure",
                                                         "“Hands-on” with large systems",
                                                         "Listens before answering \\o/",
                                                         "Naïve about scope",
                                                         "Brings up tests unasked"};
constexpr std::array<std::string_view, 4> kCriteria = {
    "Right to work", "Night shifts", "Own transport", "Speaks Íslenska"};

// A number that depends on the text only.
std::uint64_t digest(std::string_view text) {
  std::uint64_t sum = 0xCBF29CE484222325u;
  for (const char c : text) {
    sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  }
  return sum;
}

/// Writes one candidate that goes through the workflow.
class ProgressWriter {
 public:
  ProgressWriter(JsonWriter& json, const Candidate& candidate, Timestamp now,
                 const Variety& variety)
      : json_(json),
        candidate_(candidate),
        workflow_(candidate.luck, candidate.created_at),
        progress_(workflow_, now),
        variety_(variety) {}

  void write();

 private:
  void writeWorkflow();
  void writeStep(Step step);
  void writeSummary();
  void writeResumeSummary();
  void writeWebInterviewSummary();
  void writeSmsSummary();
  void writeFormSummary();

  // The same for a candidate and a property at any time.
  std::uint64_t drawFor(std::string_view property) const {
    return scramble(candidate_.luck ^ digest(property));
  }
  // Writes the name, and null if this property is chosen to be null. True: the value must follow.
  bool nullable(std::string_view name) {
    json_.key(name);
    if (!Luck(drawFor(name) ^ digest(object_)).happens(variety_.null_rate)) {
      return true;
    }
    json_.null();
    return false;
  }
  bool nullable(std::string_view name, bool known) {
    if (known) {
      return nullable(name);
    }
    json_.key(name).null();
    return false;
  }
  // Writes an undocumented property, if this object is chosen to have one.
  void unknown(std::string_view name, std::string_view json) {
    if (Luck(drawFor(object_)).happens(variety_.unknown_property_rate)) {
      json_.key(name).raw(json);
    }
  }
  void signedLink(std::string_view name, std::string_view file) {
    if (nullable(name)) {
      json_.text("https://files.heymilo.example/" + candidate_.interview_id + '/' +
                 std::string(file) + "?expires=86400&signature=" + hex(drawFor(name)) +
                 hex(drawFor(file)));
    }
  }

  JsonWriter& json_;
  const Candidate& candidate_;
  const Workflow workflow_;
  const Progress progress_;
  const Variety& variety_;
  std::string_view object_ = "candidate";  // the object being written
};

void ProgressWriter::write() {
  const Person person = candidate_.person ? *candidate_.person : generatePerson(candidate_.luck);
  json_.beginObject().key("object").text("candidate");
  json_.key("interview_id").text(candidate_.interview_id);
  json_.key("candidate_id").text(candidate_.candidate_id);
  json_.key("posting_id").text(candidate_.posting_id);
  json_.key("name").text(person.name);
  json_.key("email").text(person.email);
  json_.key("score");
  if (progress_.decided() && !progress_.has(WorkflowOutcome::knocked_out)) {
    json_.decimal(workflow_.score);
  } else {
    json_.null();
  }
  json_.key("status").text(progress_.status());
  if (nullable("interview_url")) {
    json_.text(interviewUrl(candidate_));
  }
  if (nullable("workflow")) {
    writeWorkflow();
  }
  object_ = "candidate";
  if (nullable("agent_summary", progress_.ended(Step::resume))) {
    writeSummary();
  }
  json_.key("shortlisted").boolean(progress_.has(WorkflowOutcome::shortlisted));
  json_.key("dismissed").boolean(progress_.has(WorkflowOutcome::dismissed));
  json_.key("metadata").raw(person.metadata);
  json_.key("data").raw(person.data);
  object_ = "candidate";
  if (nullable("interviewed_at", progress_.ended(Step::web_interview))) {
    json_.time(workflow_.at(Step::web_interview).ends);
  }
  json_.key("created_at").time(candidate_.created_at);
  unknown("source", R"({"channel":"api","batch":null})");
  json_.endObject();
}

void ProgressWriter::writeWorkflow() {
  json_.beginObject().key("steps").beginArray();
  for (const Step step : {Step::resume, Step::sms, Step::web_interview, Step::form}) {
    writeStep(step);
  }
  json_.endArray();
  json_.key("all_complete").boolean(progress_.passed(Step::form));
  object_ = "workflow";
  const std::optional<Timestamp> last = progress_.changed();
  if (nullable("last_activity_at", last.has_value())) {
    json_.time(*last);
  }
  unknown("version", "7");
  json_.endObject();
}

void ProgressWriter::writeStep(Step step) {
  const auto place = static_cast<std::size_t>(step);
  object_ = kStepIds[place];
  const std::string_view status = progress_.status(step);
  json_.beginObject().key("step_id").text(kStepIds[place]);
  json_.key("order").integer(static_cast<std::int64_t>(place) + 1);
  json_.key("status").text(status);
  json_.key("started").boolean(progress_.begun(step));
  json_.key("completed").boolean(progress_.passed(step));
  json_.key("knocked_out").boolean(status == "knocked_out");
  const std::optional<Timestamp> changed = progress_.changed(step);
  if (nullable("last_updated_at", changed.has_value())) {
    json_.time(*changed);
  }
  unknown("label", '"' + std::string(kStepLabels[place]) + '"');
  json_.endObject();
}

void ProgressWriter::writeSummary() {
  using Write = void (ProgressWriter::*)();
  const auto part = [this](std::string_view name, Step step, Write write_part) {
    object_ = "agent_summary";
    if (nullable(name, progress_.ended(step))) {
      (this->*write_part)();
    }
  };
  json_.beginObject();
  part("resume", Step::resume, &ProgressWriter::writeResumeSummary);
  part("web_interview", Step::web_interview, &ProgressWriter::writeWebInterviewSummary);
  part("sms", Step::sms, &ProgressWriter::writeSmsSummary);
  part("form", Step::form, &ProgressWriter::writeFormSummary);
  json_.endObject();
}

void ProgressWriter::writeResumeSummary() {
  object_ = "resume";
  json_.beginObject();
  if (nullable("resume_score")) {
    json_.decimal(workflow_.at(Step::resume).score);
  }
  if (nullable("is_eligible")) {
    json_.boolean(progress_.passed(Step::resume));
  }
  signedLink("resume_link", "resume.pdf");
  json_.endObject();
}

void ProgressWriter::writeWebInterviewSummary() {
  object_ = "web_interview";
  json_.beginObject();
  if (nullable("score")) {
    json_.decimal(workflow_.at(Step::web_interview).score);
  }
  json_.key("highlights").beginArray();
  Luck luck(drawFor("highlights"));
  for (std::uint64_t left = luck.below(4); left > 0; --left) {
    json_.text(kHighlights[luck.below(kHighlights.size())]);
  }
  json_.endArray();
  signedLink("audio_recording_link", "audio.mp3");
  signedLink("video_recording_link", "video.mp4");
  unknown("duration_seconds", "1834.5");
  json_.endObject();
}

void ProgressWriter::writeSmsSummary() {
  object_ = "sms";
  json_.beginObject();
  if (nullable("is_eligible")) {
    json_.boolean(progress_.passed(Step::sms));
  }
  Luck luck(drawFor("criteria"));
  const std::uint64_t failed =
      progress_.passed(Step::sms) ? 0 : 1 + luck.below(kCriteria.size() - 1);
  json_.key("criteria_passed").beginArray();
  for (std::uint64_t place = failed; place < kCriteria.size(); ++place) {
    json_.text(kCriteria[place]);
  }
  json_.endArray().key("criteria_failed").beginArray();
  for (std::uint64_t place = 0; place < failed; ++place) {
    json_.text(kCriteria[place]);
  }
  json_.endArray();
  if (nullable("messages_sent")) {
    json_.integer(luck.between(2, 30));
  }
  json_.endObject();
}

void ProgressWriter::writeFormSummary() {
  constexpr std::int64_t kQuestions = 12;
  object_ = "form";
  json_.beginObject();
  if (nullable("is_complete")) {
    json_.boolean(progress_.passed(Step::form));
  }
  if (nullable("is_eligible")) {
    json_.boolean(progress_.passed(Step::form));
  }
  if (nullable("questions_answered")) {
    json_.integer(progress_.passed(Step::form)
                      ? kQuestions
                      : Luck(drawFor("questions")).between(1, kQuestions - 1));
  }
  if (nullable("total_questions")) {
    json_.integer(kQuestions);
  }
  json_.endObject();
}

// The required properties that are not, or need not be, among the overrides.
std::string requiredOnly(const Candidate& candidate) {
  const Person person = candidate.person ? *candidate.person : generatePerson(candidate.luck);
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("object").text("candidate");
  json.key("interview_id").text(candidate.interview_id);
  json.key("posting_id").text(candidate.posting_id);
  json.key("name").text(person.name);
  json.key("email").text(person.email).endObject();
  return text;
}

}  // namespace

void writeCandidate(JsonWriter& json, const Candidate& candidate, Timestamp now,
                    const Variety& variety) {
  if (candidate.overrides.is_null()) {
    ProgressWriter(json, candidate, now, variety).write();
    return;
  }
  std::string text;
  if (candidate.fixed) {
    text = requiredOnly(candidate);
  } else {
    JsonWriter own(text);
    ProgressWriter(own, candidate, now, variety).write();
  }
  auto shown = nlohmann::ordered_json::parse(text);
  for (const auto& [name, value] : candidate.overrides.items()) {
    shown[name] = value;
  }
  json.raw(shown.dump());
}

std::string interviewUrl(const Candidate& candidate) {
  return "https://interview.heymilo.example/i/" + candidate.interview_id +
         "?token=" + hex(scramble(candidate.luck));
}

std::string metadataOf(const Candidate& candidate) {
  return candidate.person ? candidate.person->metadata : generatePerson(candidate.luck).metadata;
}

}  // namespace heymilo::testing::detail
