#include "support/json_line.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace support {
namespace {

TEST(JsonLine, IsOneLine) {
  EXPECT_EQ(jsonLine({{"name", "Ada\nExample"}, {"n", 1}}),
            "{\"n\":1,\"name\":\"Ada\\nExample\"}\n");
}

TEST(JsonLine, EscapesWhatATerminalMayObey) {
  const nlohmann::json value = "a\x1B[2J \x7F \u009B31m 王小明 é";
  const std::string line = jsonLine(value);
  EXPECT_EQ(line, "\"a\\u001b[2J \\u007f \\u009b31m 王小明 é\"\n");
  EXPECT_EQ(nlohmann::json::parse(line), value);
}

}  // namespace
}  // namespace support
