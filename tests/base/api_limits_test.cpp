#include "base/api_limits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "testing/server/api/limits.hpp"

namespace heymilo {
namespace {

namespace server = testing::detail;

nlohmann::json limitOfAList() {
  const nlohmann::json document =
      nlohmann::json::parse(std::ifstream(HEYMILO_SOURCE_DIR "/tests/contract/openapi.json"));
  const nlohmann::json& parameters = document.at("paths")
                                         .at("/api/v2/postings/{posting_id}/candidates")
                                         .at("get")
                                         .at("parameters");
  const auto limit = std::find_if(parameters.begin(), parameters.end(), [](const auto& parameter) {
    return parameter.at("name") == "limit";
  });
  return limit == parameters.end() ? nlohmann::json() : limit->at("schema");
}

TEST(ApiLimits, APageIsAsTheDescriptionHasIt) {
  const nlohmann::json limit = limitOfAList();
  EXPECT_EQ(limit.value("minimum", 0), api_limits::kMinPage);
  EXPECT_EQ(limit.value("maximum", 0), api_limits::kMaxPage);
}

// The description has no numbers for metadata: its prose has, of which there are two readings.
TEST(ApiLimits, AreThoseThatTheServerEnforces) {
  EXPECT_EQ(api_limits::kMinPage, server::kMinLimit);
  EXPECT_EQ(api_limits::kMaxPage, server::kMaxLimit);
  EXPECT_EQ(api_limits::kMaxMetadataKeys, server::kMaxMetadataKeys);
  EXPECT_EQ(api_limits::kMaxMetadataKey, server::kMaxKeyLength);
  EXPECT_EQ(api_limits::kMaxMetadataValue, server::kMaxValueLength);
}

}  // namespace
}  // namespace heymilo
