#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

/// Unreadable candidates: defects of a candidate's JSON text.
namespace heymilo_test {

using Spoil = std::function<std::string(const std::string& candidate)>;

struct UnreadableKind {
  const char* name;
  Spoil spoil;
  const char* place;          ///< within the candidate; nullptr: where the text breaks
  bool id_known = true;       ///< its interview_id can be read
  bool created_known = true;  ///< and so can its created_at
};

/// With an additional property.
inline Spoil with(std::string property) {
  return [property = std::move(property)](const std::string& candidate) {
    return candidate.substr(0, candidate.size() - 1) + "," + property + "}";
  };
}

/// With the value of a property, which is a string or a number, replaced by another text; an empty
/// text removes the property.
inline Spoil instead(std::string name, std::string value) {
  return [name = std::move(name), value = std::move(value)](const std::string& candidate) {
    const std::string key = '"' + name + "\":";
    const std::size_t at = candidate.find(key);
    if (at == std::string::npos) {
      throw std::logic_error("no property " + name);
    }
    const std::size_t begin = at + key.size();
    const std::size_t end = candidate[begin] == '"' ? candidate.find('"', begin + 1) + 1
                                                    : candidate.find_first_of(",}", begin);
    if (value.empty()) {
      const bool last = candidate[end] == '}';
      return candidate.substr(0, last ? at - 1 : at) + candidate.substr(last ? end : end + 1);
    }
    return candidate.substr(0, begin) + value + candidate.substr(end);
  };
}

/// Unreadable values in a candidate whose beginning and end can be determined.
inline std::vector<UnreadableKind> unreadableValues() {
  return {
      {"NaN", with(R"("x":NaN)"), "/x"},
      {"Infinity", with(R"("x":-Infinity)"), "/x"},
      {"beyond a double", with(R"("x":1e999)"), "/x"},
      {"a leading zero", with(R"("x":01)"), nullptr},
      {"a word", with(R"("x":undefined)"), "/x"},
      {"no value", with(R"("x":)"), nullptr},
      {"a trailing comma", with(R"("x":[1,])"), nullptr},
      {"a lone surrogate", with(R"("x":"\ud800")"), "/x"},
      {"an invalid escape", with(R"("x":"\q")"), "/x"},
      {"not UTF-8", with("\"x\":\"\xff\""), "/x"},
      {"a sequence cut short", with("\"x\":\"\xe2\x82\""), "/x"},
      {"a control character", with("\"x\":\"a\nb\""), "/x"},
      {"a NUL byte", with(std::string("\"x\":\"a\0b\"", 9)), nullptr},
      {"within an object", with(R"("x":{"y":[1,{"z":NaN}]})"), "/x/y/1/z"},
      {"brackets in a string", with("\"x\":\"}]{[,\xff\""), "/x"},
      {"an escaped quotation mark", with("\"x\":\"\\\",\\\\\xff\""), "/x"},
      {"a property twice", with(R"("x":1,"x":2)"), "/x"},
      {"nested too deep", with("\"x\":" + std::string(300, '[') + std::string(300, ']')), nullptr},
      {"another type", with(R"("score":"high")"), "/score"},
      {"a required one that is null", instead("name", "null"), "/name"},
      {"a required one that is missing", instead("name", ""), "/name"},
      {"a status that is a number", instead("status", "7"), "/status"},
      {"metadata that is not text", with(R"("metadata":{"k":1})"), "/metadata/k"},
      {"an e-mail address that is not UTF-8", instead("email", "\"\xff\""), "/email"},
      {"an object instead of an array", with(R"("workflow":{"steps":{}})"), "/workflow/steps"},
      {"a time out of range", instead("created_at", "1e300"), "/created_at", true, false},
      {"a time that is text", instead("created_at", "\"now\""), "/created_at", true, false},
  };
}

/// The same for the interview_id.
inline std::vector<UnreadableKind> unreadableIds() {
  return {
      {"an id that is missing", instead("interview_id", ""), "/interview_id", false},
      {"an id that is null", instead("interview_id", "null"), "/interview_id", false},
      {"an id that is a number", instead("interview_id", "7"), "/interview_id", false},
      {"an id that is not UTF-8", instead("interview_id", "\"\xff\""), "/interview_id", false},
      {"two ids", with(R"("interview_id":"x")"), "/interview_id", false},
      {"null", [](const std::string&) { return "null"; }, "", false, false},
      {"NaN", [](const std::string&) { return "NaN"; }, "", false, false},
      {"a string", [](const std::string&) { return "\"}, {\""; }, "", false, false},
      {"an id that is empty", instead("interview_id", "\"\""), "/interview_id", false},
      {"an empty id among NaN",
       [](const std::string& candidate) {
         return with(R"("x":NaN)")(instead("interview_id", "\"\"")(candidate));
       },
       nullptr,
       false},
  };
}

/// A candidate whose end cannot be determined: a quotation mark or a bracket is missing.
inline std::vector<UnreadableKind> brokenStructures() {
  return {
      {"no closing quotation mark", with(R"("x":"a)"), nullptr},
      {"a backslash at the end", with(R"("x":"C:\")"), nullptr},
      {"quotation marks in a string", with(R"("x":"say "hi" to")"), nullptr},
      {"no closing bracket", with(R"("x":[1)"), nullptr},
      {"no closing brace",
       [](const std::string& candidate) { return candidate.substr(0, candidate.size() - 1); },
       nullptr},
      {"a brace too many", [](const std::string& candidate) { return candidate + "}"; }, nullptr},
      {"a brace too early",
       [](const std::string& candidate) { return candidate + R"(,"x":1})"; },
       nullptr},
      {"the wrong bracket", with(R"("x":[1})"), nullptr},
      {"single quotation marks", with(R"("x":'a, b')"), nullptr},
      {"a comment", with("\"x\":1 /* as \"before\" */"), nullptr},
  };
}

inline std::vector<UnreadableKind> everyUnreadableKind() {
  std::vector<UnreadableKind> all = unreadableValues();
  for (const auto& more : {unreadableIds(), brokenStructures()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace heymilo_test
