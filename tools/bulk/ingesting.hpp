#pragma once

#include <chrono>
#include <cstdint>
#include <heymilo/client.hpp>
#include <heymilo/workflows/bulk_ingest.hpp>
#include <heymilo/workflows/bulk_plan.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bulk/arguments.hpp"
#include "bulk/input.hpp"
#include "bulk/ordered_report.hpp"
#include "bulk/progress.hpp"
#include "support/interrupt.hpp"
#include "support/program.hpp"
#include "support/progress_line.hpp"

namespace bulk {

/// One run of bulk_ingest, or the plan of one, and its output.
class Ingesting {
 public:
  /// Opens the input. `arguments` must live as long as this.
  explicit Ingesting(const Arguments& arguments) : arguments_(arguments), input_(arguments.file) {}

  support::ExitCode run(const heymilo::Client& client);

 private:
  using Options = heymilo::workflows::BulkIngestOptions;
  using Result = heymilo::workflows::BulkIngestResult;

  void checkFiles(const std::string& otherwise) const;
  bool openReport();
  support::ExitCode work(const heymilo::Client& client,
                         const heymilo::workflows::BulkSource& source);
  Options options(support::ProgressLine& line);
  support::ExitCode ingest(const heymilo::Client& client,
                           const heymilo::workflows::BulkSource& source);
  support::ExitCode plan(const heymilo::Client& client,
                         const heymilo::workflows::BulkSource& source);
  void show(const heymilo::workflows::BulkProgress& progress, support::ProgressLine& line);
  void note(const heymilo::workflows::RecordReport& record);
  void reportWait(const heymilo::workflows::BulkProgress& progress,
                  const support::ProgressLine& line);
  void reportPause(std::chrono::milliseconds pause, const support::ProgressLine& line);
  bool report();
  void complainAboutReport(const std::string& why) const;

  const Arguments& arguments_;
  // Before everything that waits for input, and temporary files.
  const support::Interrupt interrupt_;
  Input input_;
  std::string journal_file_, journal_name_;
  std::optional<OrderedReport> report_;
  Progress words_;
  std::chrono::steady_clock::time_point shown_{};
  std::string phase_, printed_;
  bool paused_ = false, waited_ = false;
  std::vector<heymilo::workflows::RecordReport> rejected_;  // the first few
  std::optional<std::string> report_failure_;
  std::uint64_t sent_ = 0;  // records, by this run, as far as known
};

}  // namespace bulk
