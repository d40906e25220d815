#include "testing/server/api/json_body.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/utf8.hpp"
#include "testing/server/api/error_reply.hpp"
#include "testing/server/api/violation.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::size_t kMaxDepth = 1000;

// The maximum nesting of brackets outside of strings.
std::size_t depthOf(std::string_view json) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool in_string = false;
  for (std::size_t place = 0; place < json.size(); ++place) {
    const char c = json[place];
    if (in_string && c == '\\') {
      ++place;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      deepest = std::max(deepest, ++depth);
    } else if (!in_string && (c == '}' || c == ']')) {
      depth -= depth > 0 ? 1 : 0;
    }
  }
  return deepest;
}

Reply invalidAt(std::size_t position) {
  return unprocessable({{(Location("body") / position).path(),
                         "json_invalid",
                         "JSON decode error",
                         nlohmann::json::object(),
                         {{"error", "Expecting value"}}}});
}

}  // namespace

std::variant<nlohmann::json, Reply> parseJsonBody(std::string_view body) {
  if (body.empty()) {
    return unprocessable({{Location("body").path(), "missing", "Field required", nullptr}});
  }
  if (!isUtf8(body) || depthOf(body) >= kMaxDepth) {
    return frameworkReply(400, "There was an error parsing the body");
  }
  // nlohmann::json treats a NUL as the end of the text.
  const std::size_t nul = body.find('\0');
  if (nul != std::string_view::npos) {
    return invalidAt(nul);
  }
  try {
    // By its type: until nlohmann/json 3.11 a json also converts implicitly to a variant.
    return std::variant<nlohmann::json, Reply>(std::in_place_type<nlohmann::json>,
                                               nlohmann::json::parse(body));
  } catch (const nlohmann::json::parse_error& error) {
    return invalidAt(error.byte > 0 ? error.byte - 1 : 0);
  } catch (const nlohmann::json::out_of_range&) {  // a number such as 1e999
    return invalidAt(0);
  }
}

}  // namespace heymilo::testing::detail
