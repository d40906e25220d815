#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <heymilo/testing/mock_server.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/child_process.hpp"

namespace heymilo_test {

/// For tests that run an example program as a process of its own against a mock server that has an
/// empty posting `posting-1`.
class ExampleProgramTest : public ::testing::Test {
 protected:
  static constexpr const char* kKey = "canary-key-7f3a";

  ExampleProgramTest() { server.addPosting("posting-1"); }

  /// Runs the program with `environment`. Whatever happens, the key must not show.
  ChildResult run(const std::string& program, const std::vector<std::string>& arguments,
                  const ChildStdout& to = ChildStdout::captured()) {
    ChildResult result = runChild(HEYMILO_EXAMPLES_DIR "/" + program, arguments, environment, to);
    EXPECT_THAT(result.out + result.err, ::testing::Not(::testing::HasSubstr(kKey)));
    EXPECT_EQ(result.signal, 0);
    return result;
  }

  static std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      lines.push_back(line);
    }
    return lines;
  }

  static nlohmann::json jsonLinesOf(const std::string& text) {
    nlohmann::json values = nlohmann::json::array();
    for (const std::string& line : linesOf(text)) {
      values.push_back(nlohmann::json::parse(line));
    }
    return values;
  }

  static heymilo::testing::MockServerOptions serverOptions() {
    heymilo::testing::MockServerOptions options;
    options.api_key = kKey;
    return options;
  }

  heymilo::testing::MockServer server{serverOptions()};
  std::map<std::string, std::string> environment{{"HEYMILO_API_KEY", kKey},
                                                 {"HEYMILO_BASE_URL", server.url()}};
};

}  // namespace heymilo_test
