#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace heymilo::testing::detail {

/// What keeps the order of its properties, which is that of the values they stand for.
using Ordered = nlohmann::ordered_json;

/// What a JSON document is: decides what its properties mean.
enum class Document {
  item,      ///< one candidate or person
  envelope,  ///< with items, or an error, in it
};

/// Made-up values in the place of real ones, the same each time. Used by one thread at a time.
class Pseudonyms {
 public:
  /// A document of which only what is known to be about nobody is kept.
  Ordered document(const nlohmann::json& json, Document kind);
  /// For a text; `kind` is `id`, `text`, …: see the source.
  std::string text(std::string_view kind, const std::string& real);

 private:
  Ordered object(const nlohmann::json& json, bool known, bool envelope);
  Ordered value(const nlohmann::json& json, std::string_view kind, bool envelope);
  Ordered number(const nlohmann::json& real);

  std::map<std::string, std::string> texts_;
  std::map<std::string, std::int64_t> numbers_;  // by how they are written
};

/// Whether it was made up by Pseudonyms.
bool isPseudonymText(std::string_view text);
bool isPseudonymNumber(const Ordered& number);

}  // namespace heymilo::testing::detail
