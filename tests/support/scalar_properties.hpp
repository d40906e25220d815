#pragma once

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace heymilo_test {

/// The scalar properties of CandidateResponse and their JSON types, from openapi.json.
inline std::map<std::string, std::string> scalarProperties() {
  std::ifstream file(HEYMILO_SOURCE_DIR "/tests/contract/openapi.json");
  const nlohmann::json properties =
      nlohmann::json::parse(file)["components"]["schemas"]["CandidateResponse"]["properties"];
  std::map<std::string, std::string> scalars;
  for (const auto& [name, schema] : properties.items()) {
    const nlohmann::json& type = schema.contains("anyOf") ? schema["anyOf"][0] : schema;
    if (type.contains("type") && type["type"] != "object") {
      scalars[name] = type["type"];
    }
  }
  return scalars;
}

}  // namespace heymilo_test
