#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace heymilo::testing::detail {

/// Keeps the order of its properties, which is the order of the values they stand for.
using Ordered = nlohmann::ordered_json;

/// The kind of a JSON document, which determines the meaning of its properties.
enum class Document {
  item,      ///< one candidate or person
  envelope,  ///< contains items, or an error
};

/// Made-up values for real ones, the same each time. Not thread-safe.
class Pseudonyms {
 public:
  /// A document reduced to data that is known not to be personal.
  Ordered document(const nlohmann::json& json, Document kind);
  /// The pseudonym of a text; `kind` is `id`, `text`, …: see the source.
  std::string text(std::string_view kind, const std::string& real);

 private:
  Ordered object(const nlohmann::json& json, bool known, bool envelope);
  Ordered value(const nlohmann::json& json, std::string_view kind, bool envelope);
  Ordered number(const nlohmann::json& real);

  std::map<std::string, std::string> texts_;
  std::map<std::string, std::int64_t> numbers_;  // by their text
};

/// Whether the text was made up by Pseudonyms.
bool isPseudonymText(std::string_view text);
bool isPseudonymNumber(const Ordered& number);

}  // namespace heymilo::testing::detail
