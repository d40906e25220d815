#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "support/bulk_ingest_program.hpp"

namespace heymilo_test {

/// For tests of bulk_ingest with files whose people have ids of their own, `external_id`.
class KeyedPeopleProgram : public BulkIngestProgram {
 protected:
  /// The numbers from `first` to before `end`.
  static std::vector<int> range(int first, int end) {
    std::vector<int> numbers(static_cast<std::size_t>(end - first));
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
  }

  static std::string line(int number, const std::string& name = "Ada") {
    const std::string text = std::to_string(number);
    return json({{"name", name + ' ' + text},
                 {"email", "ada" + text + "@example.com"},
                 {"metadata", {{"external_id", "id-" + text}}}})
               .dump() +
           '\n';
  }

  void writeKeyed(const std::vector<int>& numbers) const {
    std::string lines;
    for (const int number : numbers) {
      lines += line(number);
    }
    write(lines);
  }

  static std::vector<std::string> arguments(std::vector<std::string> extra) {
    extra.insert(extra.begin(), {"--key", "external_id"});
    return extra;
  }
  ChildResult ingestKeyed(const std::vector<std::string>& extra = {}) {
    return ingest(arguments(extra));
  }

  /// The figure that counts: how often each key is in the posting. Expects these people once each,
  /// and nobody else.
  void expectOnce(const std::vector<int>& numbers, const std::string& posting = "posting-1") const {
    std::map<std::string, int> times;
    for (const json& candidate : server.candidates(posting)) {
      times[candidate.at("metadata").at("external_id").get<std::string>()]++;
    }
    EXPECT_EQ(times.size(), numbers.size());
    for (const int number : numbers) {
      EXPECT_EQ(times["id-" + std::to_string(number)], 1) << "person " << number;
    }
  }
};

}  // namespace heymilo_test
