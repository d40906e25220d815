#include "contract/document_generator.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <stdexcept>

namespace contract {

using nlohmann::json;

Contract::Contract() {
  std::ifstream file(HEYMILO_SOURCE_DIR "/tests/contract/openapi.json");
  if (!file) {
    throw std::runtime_error("tests/contract/openapi.json can't be read");
  }
  file_ = json::parse(file);
}

std::string Contract::refName(const json& reference) {
  const std::string text = reference.at("$ref");
  return text.substr(text.rfind('/') + 1);
}

const json& Contract::resolve(const json& schema) const {
  if (schema.contains("$ref")) {
    return resolve(this->schema(refName(schema)));
  }
  if (schema.contains("anyOf")) {
    const json* found = nullptr;
    for (const json& option : schema.at("anyOf")) {
      if (option.value("type", "") != "null") {
        if (found != nullptr) {
          return schema;  // a real choice, as in ValidationError.loc
        }
        found = &option;
      }
    }
    return resolve(*found);
  }
  return schema;
}

bool Contract::isNullable(const json& schema) {
  if (schema.contains("anyOf")) {
    for (const json& option : schema.at("anyOf")) {
      if (option.value("type", "") == "null") {
        return true;
      }
    }
  }
  return false;
}

bool Contract::isRequired(const json& object_schema, const std::string& property) {
  const json required = object_schema.value("required", json::array());
  return std::find(required.begin(), required.end(), property) != required.end();
}

bool Contract::isTimestamp(const std::string& property, const json& schema) {
  return schema.value("type", "") == "number" && property.size() > 3 &&
         property.compare(property.size() - 3, 3, "_at") == 0;
}

std::string DocumentGenerator::text() {
  static const std::vector<std::string> kPieces = {"a",
                                                   "Z",
                                                   "9",
                                                   " ",
                                                   "\"",
                                                   "\\",
                                                   "/",
                                                   "\b",
                                                   "\f",
                                                   "\n",
                                                   "\r",
                                                   "\t",
                                                   std::string(1, '\x01'),
                                                   "\x1f",
                                                   "\x7f",
                                                   "é",
                                                   "ß",
                                                   "Ω",
                                                   "я",
                                                   "中",
                                                   "한",
                                                   "ع",
                                                   "\u2028",
                                                   "\ufeff",
                                                   "😀",
                                                   "𝒳",
                                                   "e\u0301",
                                                   "<script>",
                                                   "&amp;",
                                                   "null",
                                                   "\xef\xbf\xbf",
                                                   std::string(1, '\0')};
  const std::uint64_t kind = below(20);
  const std::uint64_t length = kind == 0 ? 0 : kind == 1 ? 500 + below(3000) : 1 + below(12);
  std::string made;
  for (std::uint64_t i = 0; i < length; ++i) {
    made += kPieces[below(kPieces.size())];
  }
  return made;
}

json DocumentGenerator::freeForm(int depth) {
  switch (below(depth > 3 ? 6 : 8)) {
    case 0:
      return nullptr;
    case 1:
      return chance(50);
    case 2:
      return static_cast<std::int64_t>(random_());
    case 3:
      return random_();
    case 4:
      return std::ldexp(static_cast<double>(random_()) - 9e18, static_cast<int>(below(200)) - 100);
    case 5:
      return text();
    case 6: {
      json array = json::array();
      for (std::uint64_t i = below(4); i > 0; --i) {
        array.push_back(freeForm(depth + 1));
      }
      return array;
    }
    default:
      return freeObject(depth + 1);
  }
}

json DocumentGenerator::freeObject(int depth) {
  json object = json::object();
  for (std::uint64_t i = below(4); i > 0; --i) {
    object[text()] = freeForm(depth + 1);
  }
  return object;
}

json DocumentGenerator::value(const std::string& property, const json& schema, int depth) {
  const json& type = contract_.resolve(schema);
  if (type.contains("const")) {
    return type.at("const");
  }
  if (type.contains("anyOf")) {
    return value(property, type.at("anyOf")[below(type.at("anyOf").size())], depth);
  }
  const std::string name = type.at("type");
  if (name == "string") {
    return text();
  }
  if (name == "boolean") {
    return chance(50);
  }
  if (name == "integer") {
    switch (below(6)) {
      case 0:
        return (std::numeric_limits<std::int64_t>::max)();
      case 1:
        return (std::numeric_limits<std::int64_t>::min)();
      case 2:
        return static_cast<double>(below(1000000));  // 3.0 is an integer in JSON Schema
      default:
        return static_cast<std::int64_t>(random_()) >> below(64);
    }
  }
  if (name == "number") {
    if (Contract::isTimestamp(property, type)) {
      const auto micros = static_cast<std::int64_t>(below(9000000000000000ull)) - 2000000000000000;
      return chance(30) ? json(micros / 1000000) : json(static_cast<double>(micros) / 1e6);
    }
    return chance(30) ? json(static_cast<std::int64_t>(below(101)))
                      : json(static_cast<double>(below(1000000)) / 997.0);
  }
  if (name == "array") {
    json array = json::array();
    for (std::uint64_t i = below(4); i > 0; --i) {
      array.push_back(value("", type.at("items"), depth + 1));
    }
    return array;
  }
  if (name == "object" && type.contains("properties")) {
    return object(type, depth + 1);
  }
  if (name == "object" && type.at("additionalProperties").is_object()) {
    json map = json::object();
    for (std::uint64_t i = below(5); i > 0; --i) {
      map[text()] = value("", type.at("additionalProperties"), depth + 1);
    }
    return map;
  }
  if (name == "object") {
    return freeObject(depth);
  }
  throw std::runtime_error("the contract has a type that the generator does not know: " + name);
}

json DocumentGenerator::object(const json& schema, int depth) {
  json made = json::object();
  for (const auto& [name, property] : schema.at("properties").items()) {
    if (Contract::isRequired(schema, name) || chance(70)) {
      made[name] = Contract::isNullable(property) && chance(20) ? json(nullptr)
                                                                : value(name, property, depth);
    }
  }
  while (chance(20)) {
    made["x_" + text()] = freeForm(1);
  }
  return made;
}

json DocumentGenerator::document(const std::string& schema) {
  return object(contract_.schema(schema), 0);
}

json DocumentGenerator::normalizedValue(const json& schema, const json& value) const {
  const json& type = contract_.resolve(schema);
  if (type.value("type", "") == "array") {
    json array = json::array();
    for (const json& element : value) {
      array.push_back(normalizedValue(type.at("items"), element));
    }
    return array;
  }
  if (!type.contains("properties")) {
    return value;
  }
  json object = json::object();
  for (const auto& [name, entry] : value.items()) {
    if (!type.at("properties").contains(name)) {
      object[name] = entry;
    } else if (!entry.is_null()) {
      object[name] = normalizedValue(type.at("properties").at(name), entry);
    }
  }
  for (const auto& [name, property] : type.at("properties").items()) {
    if (property.contains("default") && !object.contains(name)) {
      object[name] = property.at("default");
    }
  }
  return object;
}

json DocumentGenerator::normalized(const std::string& schema, const json& document) const {
  return normalizedValue(contract_.schema(schema), document);
}

/// A value of a type that the schema does not allow at this position.
json DocumentGenerator::wrongValue(const std::string& property, const json& schema) {
  const json& type = contract_.resolve(schema);
  std::vector<json> wrong = {json::array({1, "x"}), json{{"x", 1}}, true, "text", 7, 3.5};
  const auto allowed = [&](const json& value, const json& option) {
    const std::string name = option.at("type");
    return name == value.type_name() || (name == "number" && value.is_number()) ||
           (name == "integer" && value.is_number_integer());
  };
  for (;;) {
    json value = wrong[below(wrong.size())];
    bool fits = false;
    for (const json& option : type.contains("anyOf") ? type.at("anyOf") : json::array({type})) {
      fits = fits || allowed(value, option);
    }
    if (!fits) {
      return value;
    }
    if (Contract::isTimestamp(property, type) && chance(20)) {
      return 1e300;
    }
  }
}

void DocumentGenerator::collect(const std::string& property, const json& schema,
                                const json& document, const json::json_pointer& place,
                                std::vector<Mutation>& mutations) {
  const json& type = contract_.resolve(schema);
  if (!place.empty()) {
    mutations.push_back({place, false, wrongValue(property, schema)});
  }
  if (type.value("type", "") == "array") {
    for (std::size_t i = 0; i < document.size(); ++i) {
      mutations.push_back({place / i, false, nullptr});
      collect("", type.at("items"), document[i], place / i, mutations);
    }
  } else if (type.contains("properties")) {
    for (const auto& [name, child] : type.at("properties").items()) {
      if (Contract::isRequired(type, name)) {
        mutations.push_back({place / name, true, nullptr});
        mutations.push_back({place / name, false, nullptr});
      }
      if (document.contains(name) && !document.at(name).is_null()) {
        collect(name, child, document.at(name), place / name, mutations);
      }
    }
  } else if (type.contains("additionalProperties") && type.at("additionalProperties").is_object()) {
    for (const auto& [name, entry] : document.items()) {
      mutations.push_back({place / name, false, nullptr});
      collect("", type.at("additionalProperties"), entry, place / name, mutations);
    }
  }
}

std::vector<Mutation> DocumentGenerator::mutations(const std::string& schema,
                                                   const json& document) {
  std::vector<Mutation> found;
  collect("", contract_.schema(schema), document, json::json_pointer(), found);
  return found;
}

}  // namespace contract
