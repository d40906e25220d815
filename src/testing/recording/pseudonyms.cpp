#include "testing/recording/pseudonyms.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace heymilo::testing::detail {

namespace {

// Smaller than any number of the API.
constexpr std::int64_t kBelowNumbers = -1'000'000;

struct Made {
  std::string_view kind;
  std::string_view before;
  std::string_view after;
};

// The text before and after the number of a made-up text.
constexpr std::array kMade = {
    Made{"name", "Person ", ""},
    Made{"email", "person-", "@example.com"},
    Made{"phone", "+1555000", ""},
    Made{"id", "id-", ""},
    Made{"link", "https://example.com/link-", ""},
    Made{"text", "text-", ""},
    Made{"key", "key-", ""},
};

// The contents of the documented properties. `part`: an object, or several, of such properties;
// `free`: anything; `number`: numbers; `flag`: true or false; `word`: one of kWords; `place`: names
// of properties and indices; the others: a text that is replaced.
const std::map<std::string_view, std::string_view>& properties() {
  static const std::map<std::string_view, std::string_view> table = {
      {"agent_summary", "part"},
      {"all_complete", "flag"},
      {"audio_recording_link", "link"},
      {"candidate", "part"},
      {"candidate_id", "id"},
      {"code", "word"},
      {"completed", "flag"},
      {"count", "number"},
      {"created_at", "number"},
      {"criteria_failed", "text"},
      {"criteria_passed", "text"},
      {"data", "free"},
      {"detail", "part"},
      {"dismissed", "flag"},
      {"doc_url", "link"},
      {"email", "email"},
      {"error", "part"},
      {"errors", "part"},
      {"form", "part"},
      {"has_more", "flag"},
      {"highlights", "text"},
      {"ingestion_id", "id"},
      {"interview_id", "id"},
      {"interview_url", "link"},
      {"interviewed_at", "number"},
      {"is_complete", "flag"},
      {"is_eligible", "flag"},
      {"knocked_out", "flag"},
      {"last_activity_at", "number"},
      {"last_updated_at", "number"},
      {"loc", "place"},
      {"message", "text"},
      {"messages_sent", "number"},
      {"meta", "free"},
      {"metadata", "free"},
      {"msg", "text"},
      {"name", "name"},
      {"object", "word"},
      {"order", "number"},
      {"pagination", "part"},
      {"param", "place"},
      {"phone_number", "phone"},
      {"posting_id", "id"},
      {"questions_answered", "number"},
      {"resume", "part"},
      {"resume_link", "link"},
      {"resume_score", "number"},
      {"score", "number"},
      {"shortlisted", "flag"},
      {"sms", "part"},
      {"started", "flag"},
      {"status", "word"},
      {"step_id", "id"},
      {"steps", "part"},
      {"total_count", "number"},
      {"total_questions", "number"},
      {"type", "word"},
      {"url", "link"},
      {"video_recording_link", "link"},
      {"web_interview", "part"},
      {"workflow", "part"}};
  return table;
}

const std::set<std::string_view>& words() {
  static const std::set<std::string_view> table = {
      // Kinds of objects, and their statuses.
      "candidate",
      "ingestion",
      "pending",
      "in_progress",
      "evaluating",
      "completed",
      "shortlisted",
      "dismissed",
      "knocked_out",
      "not_started",
      "queued",
      // Kinds of errors, of the API and of the framework that it is made with.
      "api_error",
      "authentication_error",
      "invalid_request_error",
      "not_found_error",
      "permission_error",
      "rate_limit_error",
      "missing_api_key",
      "invalid_api_key",
      "workspace_forbidden",
      "posting_not_found",
      "rate_limit_exceeded",
      "unsupported_media_type",
      "invalid_date_range",
      "invalid_cursor",
      "internal_error",
      "payload_too_large",
      "missing",
      "json_invalid",
      "model_attributes_type",
      "value_error",
      "string_type",
      "string_too_long",
      "dict_type",
      "list_type",
      "too_short",
      "too_long",
      "int_parsing",
      "greater_than_equal",
      "less_than_equal",
      "datetime_from_date_parsing"};
  return table;
}

bool isNumber(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A location in a request: `body.data.3.email`.
bool isPlace(std::string_view text) {
  while (true) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view part = text.substr(0, end);
    const bool known = isNumber(part)
                           ? part.size() < 6
                           : properties().count(part) > 0 || part == "body" || part == "query" ||
                                 part == "path" || part == "limit" || part == "starting_after" ||
                                 part == "created_after" || part == "created_before";
    if (!known) {
      return false;
    }
    if (end == text.size()) {
      return true;
    }
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Ordered Pseudonyms::document(const nlohmann::json& json, Document kind) {
  return value(json, "part", kind == Document::envelope);
}

std::string Pseudonyms::text(std::string_view kind, const std::string& real) {
  const auto known = texts_.find(real);
  if (known != texts_.end()) {
    return known->second;
  }
  const auto* made =
      std::find_if(kMade.begin(), kMade.end(), [&](const Made& one) { return one.kind == kind; });
  if (made == kMade.end()) {
    return text("text", real);
  }
  std::string number = std::to_string(texts_.size() + 1);
  if (kind == "phone") {
    number.insert(0, number.size() < 7 ? 7 - number.size() : 0, '0');
  }
  std::string pseudonym = std::string(made->before) + number + std::string(made->after);
  texts_.emplace(real, pseudonym);
  return pseudonym;
}

Ordered Pseudonyms::object(const nlohmann::json& json, bool known, bool envelope) {
  Ordered result = Ordered::object();
  for (const auto& [key, inner] : json.items()) {
    const auto property = properties().find(key);
    if (!known || property == properties().end()) {
      result[text("key", key)] = value(inner, "free", false);
    } else {
      const bool items = envelope && key == "data";
      result[key] = value(inner, items ? "part" : property->second, false);
    }
  }
  return result;
}

Ordered Pseudonyms::value(const nlohmann::json& json, std::string_view kind, bool envelope) {
  switch (json.type()) {
    case nlohmann::json::value_t::object:
      return object(json, kind == "part", envelope);
    case nlohmann::json::value_t::array: {
      Ordered result = Ordered::array();
      for (const nlohmann::json& one : json) {
        result.push_back(value(one, kind, false));
      }
      return result;
    }
    case nlohmann::json::value_t::string: {
      const auto& real = json.get_ref<const std::string&>();
      const bool kept =
          (kind == "word" && words().count(real) > 0) || (kind == "place" && isPlace(real));
      return kept ? real : text(kind, real);
    }
    case nlohmann::json::value_t::number_integer:
    case nlohmann::json::value_t::number_unsigned:
      return kind == "number" || kind == "place" ? Ordered(json.get<std::int64_t>()) : number(json);
    case nlohmann::json::value_t::number_float:
      return kind == "number" ? Ordered(json.get<double>()) : number(json);
    case nlohmann::json::value_t::boolean:
      return json.get<bool>();
    default:
      return nullptr;
  }
}

Ordered Pseudonyms::number(const nlohmann::json& real) {
  const auto next = kBelowNumbers - static_cast<std::int64_t>(numbers_.size()) - 1;
  return numbers_.try_emplace(real.dump(), next).first->second;
}

bool isPseudonymText(std::string_view text) {
  return std::any_of(kMade.begin(), kMade.end(), [&](const Made& made) {
    const std::size_t around = made.before.size() + made.after.size();
    return text.size() > around && text.substr(0, made.before.size()) == made.before &&
           text.substr(text.size() - made.after.size()) == made.after &&
           isNumber(text.substr(made.before.size(), text.size() - around));
  });
}

bool isPseudonymNumber(const Ordered& number) {
  return number.is_number_integer() && number.get<std::int64_t>() < kBelowNumbers;
}

}  // namespace heymilo::testing::detail
