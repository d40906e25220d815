#include "testing/server/api/ingest_request.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "testing/server/api/email_address.hpp"
#include "testing/server/api/limits.hpp"

namespace heymilo::testing::detail {

namespace {

using Json = nlohmann::json;

bool isE164(std::string_view number) {
  return number.size() >= 3 && number.size() <= 16 && number[0] == '+' && number[1] != '0' &&
         ascii::isNumber(number.substr(1));
}

/// Reads the properties of one object and records violations.
class ObjectReader {
 public:
  ObjectReader(const Json& object, Location place, std::vector<Violation>& violations)
      : object_(object), place_(std::move(place)), violations_(violations) {}

  /// The value of a property; nullptr and a violation if it is missing.
  const Json* required(const char* name) {
    const auto found = object_.find(name);
    if (found != object_.end()) {
      return &*found;
    }
    note(place_ / name, "missing", "Field required", object_);
    return nullptr;
  }

  /// The value of a property; nullptr if it is missing or null.
  const Json* optional(const char* name) const {
    const auto found = object_.find(name);
    return found != object_.end() && !found->is_null() ? &*found : nullptr;
  }

  std::string text(const Json* value, const Location& place) {
    if (!value) {
      return {};
    }
    if (!value->is_string()) {
      note(place, "string_type", "Input should be a valid string", *value);
      return {};
    }
    return value->get<std::string>();
  }

  std::string email(const Json* value, const Location& place) {
    std::string address = text(value, place);
    if (value && value->is_string()) {
      if (const auto complaint = emailComplaint(address)) {
        note(place,
             "value_error",
             "value is not a valid email address: " + std::string(*complaint),
             *value,
             {{"reason", *complaint}});
      }
    }
    return address;
  }

  void phoneNumber(const Json* value, const Location& place) {
    const std::string number = text(value, place);
    if (value && value->is_string() && !isE164(number)) {
      note(place,
           "value_error",
           "Value error, not a phone number in E.164 format",
           *value,
           {{"error", Json::object()}});
    }
  }

  /// An object of any content, as text.
  std::string object(const Json* value, const Location& place) {
    if (!value) {
      return "null";
    }
    if (!value->is_object()) {
      note(place, "dict_type", "Input should be a valid dictionary", *value);
      return {};
    }
    return value->dump();
  }

  std::string metadata(const Json* value, const Location& place) {
    std::string text = object(value, place);
    if (!value || !value->is_object()) {
      return text;
    }
    if (value->size() > kMaxMetadataKeys) {
      note(place,
           "too_long",
           "Dictionary should have at most " + std::to_string(kMaxMetadataKeys) +
               " items after validation, not " + std::to_string(value->size()),
           *value,
           {{"field_type", "Dictionary"},
            {"max_length", kMaxMetadataKeys},
            {"actual_length", value->size()}});
    }
    for (const auto& [key, entry] : value->items()) {
      shortText(key, kMaxKeyLength, place / key / "[key]");
      if (entry.is_string()) {
        shortText(entry.get_ref<const std::string&>(), kMaxValueLength, place / key);
      } else {
        note(place / key, "string_type", "Input should be a valid string", entry);
      }
    }
    return text;
  }

  const Location& place() const { return place_; }

 private:
  void shortText(const std::string& text, std::size_t limit, const Location& place) {
    if (countCodePoints(text) > limit) {
      note(place,
           "string_too_long",
           "String should have at most " + std::to_string(limit) + " characters",
           text,
           {{"max_length", limit}});
    }
  }

  void note(const Location& place, const char* type, std::string message, const Json& input,
            Json context = {}) {
    violations_.push_back({place.path(), type, std::move(message), input, std::move(context)});
  }

  const Json& object_;
  const Location place_;
  std::vector<Violation>& violations_;
};

bool requireObject(const Json& value, const Location& place, std::vector<Violation>& violations) {
  if (!value.is_object()) {
    violations.push_back({place.path(),
                          "model_attributes_type",
                          "Input should be a valid dictionary or object to extract fields from",
                          value});
  }
  return value.is_object();
}

void readPerson(const Json& value, const Location& place, IngestRequest& request) {
  if (!requireObject(value, place, request.violations)) {
    return;
  }
  ObjectReader reader(value, place, request.violations);
  Person person;
  person.name = reader.text(reader.required("name"), place / "name");
  person.email = reader.email(reader.required("email"), place / "email");
  reader.phoneNumber(reader.optional("phone_number"), place / "phone_number");
  person.metadata = reader.metadata(reader.optional("metadata"), place / "metadata");
  person.data = reader.object(reader.optional("data"), place / "data");
  request.people.push_back(std::move(person));
}

IngestRequest completed(IngestRequest request) {
  if (!request.violations.empty()) {
    request.people.clear();
  }
  return request;
}

}  // namespace

IngestRequest readIngestRequest(const Json& body) {
  IngestRequest request;
  readPerson(body, "body", request);
  return completed(std::move(request));
}

IngestRequest readBulkIngestRequest(const Json& body) {
  IngestRequest request;
  const Location root = "body";
  if (!requireObject(body, root, request.violations)) {
    return request;
  }
  const Json* data = ObjectReader(body, root, request.violations).required("data");
  if (!data) {
    return request;
  }
  const Location place = root / "data";
  if (!data->is_array()) {
    request.violations.push_back(
        {place.path(), "list_type", "Input should be a valid list", *data});
    return request;
  }
  if (data->empty()) {
    request.violations.push_back(
        {place.path(),
         "too_short",
         "List should have at least 1 item after validation, not 0",
         *data,
         {{"field_type", "List"}, {"min_length", 1}, {"actual_length", 0}}});
  }
  request.people.reserve(data->size());
  for (std::size_t index = 0; index < data->size(); ++index) {
    readPerson((*data)[index], place / index, request);
  }
  return completed(std::move(request));
}

}  // namespace heymilo::testing::detail
