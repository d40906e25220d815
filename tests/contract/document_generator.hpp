#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

/// Documents generated from the schemas of the contract file, valid and invalid, with a seed: the
/// input of the conformance test. It depends on openapi.json and not on the library.
namespace contract {

/// The contract file.
class Contract {
 public:
  Contract();

  const nlohmann::json& file() const { return file_; }
  const nlohmann::json& schemas() const { return file_.at("components").at("schemas"); }
  const nlohmann::json& schema(const std::string& name) const { return schemas().at(name); }
  /// The schema behind `$ref`, and the non-null one of `anyOf`.
  const nlohmann::json& resolve(const nlohmann::json& schema) const;
  static std::string refName(const nlohmann::json& reference);
  static bool isNullable(const nlohmann::json& schema);
  static bool isRequired(const nlohmann::json& object_schema, const std::string& property);
  /// The API reference calls these properties Unix timestamps.
  static bool isTimestamp(const std::string& property, const nlohmann::json& schema);

 private:
  nlohmann::json file_;
};

/// A change that makes a valid document invalid, and the position at which the decoder must detect
/// it.
struct Mutation {
  nlohmann::json::json_pointer place;  // of the property that is dropped or replaced
  bool drop = false;
  nlohmann::json value;  // instead, unless dropped
};

class DocumentGenerator {
 public:
  DocumentGenerator(const Contract& contract, std::uint32_t seed)
      : contract_(contract), random_(seed) {}

  /// A valid document: Unicode, escapes, empty and long texts, undocumented properties, nulls where
  /// they are allowed.
  nlohmann::json document(const std::string& schema);

  /// The normalized form of a valid document: null and absent are the same, and defaults are filled
  /// in.
  nlohmann::json normalized(const std::string& schema, const nlohmann::json& document) const;

  /// Every way to make the document invalid with one change: each required property dropped or
  /// null, each value of a wrong type.
  std::vector<Mutation> mutations(const std::string& schema, const nlohmann::json& document);

 private:
  nlohmann::json value(const std::string& property, const nlohmann::json& schema, int depth);
  nlohmann::json object(const nlohmann::json& schema, int depth);
  nlohmann::json freeForm(int depth);
  nlohmann::json freeObject(int depth);
  std::string text();
  nlohmann::json wrongValue(const std::string& property, const nlohmann::json& schema);
  void collect(const std::string& property, const nlohmann::json& schema,
               const nlohmann::json& document, const nlohmann::json::json_pointer& place,
               std::vector<Mutation>& mutations);
  nlohmann::json normalizedValue(const nlohmann::json& schema, const nlohmann::json& value) const;
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool chance(unsigned percent) { return below(100) < percent; }

  const Contract& contract_;
  std::mt19937_64 random_;
};

}  // namespace contract
