#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "bulk/report_file.hpp"

namespace bulk {

/// A report in the order of the input, although records are settled in another one. Lines that wait
/// for an earlier record are kept in memory; where more than `most` wait, the first of them are
/// written, and the record follows later. All functions throw support::OutputError; see ReportFile.
class OrderedReport {
 public:
  static constexpr std::size_t kMost = 20'000;

  explicit OrderedReport(const std::string& file, std::size_t most = kMost)
      : file_(file), most_(most) {}

  /// `index`: of the record, from 0.
  void write(std::uint64_t index, std::string line);
  /// Writes the lines that are left, and commits the report.
  void finish();

 private:
  ReportFile file_;
  const std::size_t most_;
  std::map<std::uint64_t, std::string> waiting_;
  std::uint64_t next_ = 0;
};

}  // namespace bulk
