#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "testing/server/api/reply.hpp"

namespace heymilo::testing::detail {

/// One entry of FastAPI's 422 body, with pydantic 2's messages.
struct Violation {
  nlohmann::json loc;  ///< the location: `["body", "data", 17, "email"]`
  std::string type;
  std::string msg;
  nlohmann::json input;      ///< the invalid value; null: none
  nlohmann::json context{};  ///< the rule's parameters, such as `{"ge": 1}`; null: none
};

/// A location in a request, from which nested locations are derived.
class Location {
 public:
  Location(const char* root) : path_(nlohmann::json::array({root})) {}  // NOLINT: "body"

  template <class Step>
  Location operator/(const Step& step) const {
    Location inner = *this;
    inner.path_.push_back(step);
    return inner;
  }
  const nlohmann::json& path() const { return path_; }

 private:
  nlohmann::json path_;
};

/// 422 with an HTTPValidationError.
Reply unprocessable(const std::vector<Violation>& violations);

}  // namespace heymilo::testing::detail
