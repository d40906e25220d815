#pragma once

#include <heymilo/testing/recorded_request.hpp>
#include <regex>
#include <string>
#include <vector>

#include "support/example_program.hpp"

namespace heymilo_test {

/// For tests that run list_candidates for `posting-1`.
class ListCandidatesTest : public ExampleProgramTest {
 protected:
  ChildResult list(std::vector<std::string> arguments,
                   const ChildStdout& to = ChildStdout::captured()) {
    arguments.insert(arguments.begin(), "posting-1");
    return run("list_candidates", arguments, to);
  }

  static std::string withoutRequestId(const std::string& text) {
    return std::regex_replace(text, std::regex("request id: req_[0-9a-f]+"), "");
  }

  static heymilo::testing::RequestMatch anyPageButTheFirst() {
    return {"listCandidates", [](const heymilo::testing::RecordedRequest& request) {
              return request.query.find("starting_after=") != std::string::npos;
            }};
  }
};

}  // namespace heymilo_test
