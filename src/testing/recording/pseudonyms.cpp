#include "testing/recording/pseudonyms.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "testing/recording/properties.hpp"

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

// A place in a request: `body.data.3.email`.
bool isPlace(std::string_view text) {
  while (true) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view part = text.substr(0, end);
    const bool known = ascii::isNumber(part)
                           ? part.size() < 6
                           : !kindOfProperty(part).empty() || part == "body" || part == "query" ||
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
    const std::string_view kind = kindOfProperty(key);
    if (!known || kind.empty()) {
      result[text("key", key)] = value(inner, "free", false);
    } else {
      const bool items = envelope && key == "data";
      result[key] = value(inner, items ? "part" : kind, false);
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
          (kind == "word" && isDocumentedWord(real)) || (kind == "place" && isPlace(real));
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
           ascii::isNumber(text.substr(made.before.size(), text.size() - around));
  });
}

bool isPseudonymNumber(const Ordered& number) {
  return number.is_number_integer() && number.get<std::int64_t>() < kBelowNumbers;
}

}  // namespace heymilo::testing::detail
