#include "testing/recording/properties.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "heymilo/models.hpp"

namespace heymilo::testing::detail {

namespace {

// The texts of these properties stay where they are one of kWords, others are replaced.
constexpr std::array<std::string_view, 4> kWordProperties = {"code", "object", "status", "type"};

// Beside the documented values of statuses.
constexpr std::array<std::string_view, 33> kWords = {
    // What objects are, and how they stand.
    "candidate",
    "ingestion",
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

// The numbers and times of these properties stay, others are replaced.
constexpr std::array<std::string_view, 11> kNumberProperties = {"created_at",
                                                                "interviewed_at",
                                                                "last_activity_at",
                                                                "last_updated_at",
                                                                "messages_sent",
                                                                "order",
                                                                "questions_answered",
                                                                "resume_score",
                                                                "score",
                                                                "total_count",
                                                                "total_questions"};

template <std::size_t size>
bool isOneOf(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// What the text of a property is replaced by, for a reader's sake: of kMade.
std::string_view kindOfText(std::string_view property) {
  return property == "name" || property == "email"                  ? property
         : property == "phone_number"                               ? "phone"
         : endsWith(property, "_id")                                ? "id"
         : endsWith(property, "url") || endsWith(property, "_link") ? "link"
                                                                    : "text";
}

template <class T>
struct Type {};

/// The models' tables, read once.
class Properties {
 public:
  Properties() {
    words_.insert(kWords.begin(), kWords.end());
    read(Type<ListResponse<CandidateResponse>>{});
    read(Type<SingleResponse<IngestCandidateResponse>>{});
    read(Type<ListResponse<BulkIngestCandidateResponseItem>>{});
    read(Type<SingleResponse<AsyncIngestResponse>>{});
    read(Type<BulkCandidateIngestRequest>{});
    read(Type<APIErrorResponse>{});
    read(Type<HTTPValidationError>{});
  }

  /// Empty for a property that no model has.
  std::string_view kindOf(std::string_view property) const {
    const auto known = kinds_.find(property);
    return known != kinds_.end() ? known->second : std::string_view();
  }
  bool isWord(std::string_view text) const { return words_.count(text) > 0; }

 private:
  template <class Model>
  void read(Type<Model>) {
    Schema<Model>::fields([this](const auto&... fields) {
      (this->add(fields), ...);
      return 0;
    });
  }
  template <class Struct, class Member>
  void add(const heymilo::detail::Field<Struct, Member>& field) {
    const std::string_view property = field.name;
    const std::string_view kind = kindOf(property, Type<Member>{});
    const auto [known, added] = kinds_.try_emplace(property, kind);
    if (!added && known->second != kind) {
      known->second = "free";  // in one model something else than in another
    }
  }

  template <class T>
  std::string_view kindOf(std::string_view property, Type<std::optional<T>>) {
    return kindOf(property, Type<T>{});
  }
  template <class T>
  std::string_view kindOf(std::string_view property, Type<std::vector<T>>) {
    return kindOf(property, Type<T>{});
  }
  template <class Values>
  std::string_view kindOf(std::string_view, Type<OpenEnum<Values>>) {
    words_.insert(std::begin(Values::texts), std::end(Values::texts));
    return "word";
  }
  template <class... Alternatives>
  std::string_view kindOf(std::string_view, Type<std::variant<Alternatives...>>) {
    return "place";
  }
  template <class T>
  std::string_view kindOf(std::string_view property, Type<T> type) {
    if constexpr (heymilo::detail::IsModel<T>::value) {
      read(type);
      return "part";
    } else if constexpr (std::is_same_v<T, std::string>) {
      return isOneOf(kWordProperties, property) ? "word"
             : property == "param"              ? "place"
                                                : kindOfText(property);
    } else {
      return isOneOf(kNumberProperties, property) ? "number" : "free";
    }
  }

  std::map<std::string_view, std::string_view> kinds_;
  std::set<std::string_view> words_;
};

const Properties& properties() {
  static const Properties read;
  return read;
}

}  // namespace

std::string_view kindOfProperty(std::string_view name) { return properties().kindOf(name); }

bool isDocumentedWord(std::string_view text) { return properties().isWord(text); }

}  // namespace heymilo::testing::detail
