#include "workflows/bulk/key/canonical_content.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/utf8.hpp"
#include "workflows/bulk/key/canonical_json.hpp"
#include "workflows/bulk/key/reference.hpp"

namespace heymilo::workflows {

namespace {

using Metadata = std::map<std::string, std::string>;

struct Property {
  std::string_view name;
  std::variant<const std::string*, const Metadata*, const nlohmann::json*> value;
};

/// The properties of a request that are content.
class Properties {
 public:
  explicit Properties(const CandidateIngestRequest& request) {
    constexpr std::size_t kUsual = 8;
    all_.reserve(kUsual + request.additional_properties.size());
    Schema<CandidateIngestRequest>::fields(
        [&](const auto&... field) { (add(field.name, request.*field.member), ...); });
    if (request.additional_properties.is_object()) {
      for (const auto& [name, value] :
           request.additional_properties.get_ref<const nlohmann::json::object_t&>()) {
        if (isMember(name)) {
          twice_ = name;
        }
        add(name, value);
      }
    }
    std::sort(all_.begin(), all_.end(), [](const Property& a, const Property& b) {
      return a.name < b.name;
    });
  }

  const std::vector<Property>& sorted() const noexcept { return all_; }
  /// A member of the struct that is in additional_properties as well; empty if there is none.
  std::string_view twice() const noexcept { return twice_; }

 private:
  static bool isMember(std::string_view name) {
    return Schema<CandidateIngestRequest>::fields(
        [&](const auto&... field) { return ((field.name == name) || ...); });
  }

  template <class Value>
  void add(std::string_view name, const std::optional<Value>& value) {
    if (value) {
      add(name, *value);
    }
  }
  void add(std::string_view name, const std::string& text) { all_.push_back({name, &text}); }
  void add(std::string_view name, const Metadata& texts) {
    if (texts.size() > texts.count(kReference)) {
      all_.push_back({name, &texts});
    }
  }
  void add(std::string_view name, const nlohmann::json& tree) {
    if (!tree.is_null() && !(tree.is_object() && tree.empty())) {
      all_.push_back({name, &tree});
    }
  }

  std::vector<Property> all_;
  std::string_view twice_;
};

struct Write {
  CanonicalJson& json;

  void operator()(const std::string* text) const { json.text(*text); }
  void operator()(const nlohmann::json* tree) const { json.value(*tree); }
  void operator()(const Metadata* texts) const {
    json.beginObject();
    for (const auto& [name, text] : *texts) {
      if (name != kReference) {
        json.key(name);
        json.text(text);
      }
    }
    json.endObject();
  }
};

CanonicalContent unusable(std::string_view param, const char* message) {
  // A name that is not UTF-8 would make the report unreadable.
  return {
      {},
      APIErrorDetail{
          "invalid_record", message, isUtf8(param) ? std::string(param) : "additional_properties"}};
}

constexpr const char* kObject = "must be a JSON object";

}  // namespace

CanonicalContent canonicalContent(const CandidateIngestRequest& request) {
  if (request.data && !request.data->is_object()) {
    return unusable("data", kObject);
  }
  if (!request.additional_properties.is_null() && !request.additional_properties.is_object()) {
    return unusable("additional_properties", kObject);
  }
  const Properties properties(request);
  if (!properties.twice().empty()) {
    return unusable(properties.twice(), "is also in additional_properties: remove it there");
  }
  CanonicalContent content;
  constexpr std::size_t kUsual = 512;
  content.text.reserve(kUsual);
  CanonicalJson json(content.text);
  json.beginObject();
  for (const Property& property : properties.sorted()) {
    json.key(property.name);
    std::visit(Write{json}, property.value);
    if (json.problem() != nullptr) {
      return unusable(property.name, json.problem());
    }
  }
  json.endObject();
  return content;
}

}  // namespace heymilo::workflows
