#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <heymilo/testing/mock_server.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {

/// For tests that run a program as a separate process against a mock server with an empty posting
/// `posting-1`.
class ExampleProgramTest : public ::testing::Test {
 protected:
  static constexpr const char* kKey = "canary-key-7f3a";

  ExampleProgramTest() { server.addPosting("posting-1"); }

  /// Runs the program with `environment`. The key must never be in its output.
  ChildResult run(const std::string& program, const std::vector<std::string>& arguments,
                  const ChildStdout& to = ChildStdout::captured()) {
    ChildResult result = runChild(HEYMILO_PROGRAMS_DIR "/" + program, arguments, environment, to);
    EXPECT_THAT(result.out + result.err, ::testing::Not(::testing::HasSubstr(kKey)));
    EXPECT_EQ(result.signal, 0);
    return result;
  }

  /// Until bulk_ingest has sent so many requests, beside its lists. False if it does not.
  bool waitForSends(std::size_t count) const {
    return eventually([&] { return server.requests("ingestCandidatesBulk").size() >= count; });
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

  /// From now on, lists contain the candidates of `posting-1`, with the text of one of them
  /// changed, in pages of `page_size` whatever the request.
  void spoil(std::size_t index, const std::function<std::string(const std::string&)>& change,
             std::size_t page_size = 100) {
    const nlohmann::json all = server.candidates("posting-1");
    server.clearResponses();
    for (std::size_t begin = 0; begin < all.size(); begin += page_size) {
      const std::size_t end = std::min(all.size(), begin + page_size);
      std::string data;
      for (std::size_t i = begin; i < end; ++i) {
        const std::string text = all[i].dump();
        data += (i == begin ? "" : ",") + (i == index ? change(text) : text);
      }
      const nlohmann::json pagination{{"has_more", end < all.size()}, {"total_count", all.size()}};
      const std::string cursor =
          begin == 0 ? std::string()
                     : "starting_after=" + all[begin - 1]["interview_id"].get<std::string>();
      server.respondNext(
          {"listCandidates",
           [cursor](const auto& request) {
             return cursor.empty() ? request.query.find("starting_after") == std::string::npos
                                   : request.query.find(cursor) != std::string::npos;
           }},
          heymilo::testing::ScriptedResponse::answer(
              200, R"({"data":[)" + data + R"(],"pagination":)" + pagination.dump() + "}")
              .times(1'000));
    }
  }

  static heymilo::testing::MockServerOptions serverOptions() {
    heymilo::testing::MockServerOptions options;
    options.api_key = kKey;
    return options;
  }

  heymilo::testing::MockServer server{serverOptions()};
  const TemporaryDirectory state;  // of the default journals
  std::map<std::string, std::string> environment{{"HEYMILO_API_KEY", kKey},
                                                 {"HEYMILO_BASE_URL", server.url()},
                                                 {"XDG_STATE_HOME", state.path()}};
};

}  // namespace heymilo_test
