#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/example_program.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {

using nlohmann::json;

/// For tests of bulk_ingest as a program, with a file of people in a temporary directory.
class BulkIngestProgram : public ExampleProgramTest {
 protected:
  /// A run into a posting that is known to be new: a new journal does not wait before it sends.
  ChildResult ingest(std::vector<std::string> extra = {}) {
    extra.insert(extra.begin(), {"posting-1", file, "--new-posting"});
    return run("bulk_ingest", extra);
  }

  /// The default journal of a posting.
  std::string defaultJournal(const std::string& posting = "posting-1") const {
    return state.file("heymilo/127.0.0.1%3A" + std::to_string(server.port()) + "/" + posting +
                      ".journal");
  }

  void write(const std::string& text) const { std::ofstream(file) << text; }

  void writePeople(int count) const {
    std::string lines;
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      lines += json({{"name", "Ada " + number}, {"email", "ada" + number + "@example.com"}}).dump();
      lines += '\n';
    }
    write(lines);
  }

  static std::string contentsOf(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TemporaryDirectory directory;
  const std::string file = directory.file("people.ndjson");
  const std::string report = directory.file("report.ndjson");
};

}  // namespace heymilo_test
