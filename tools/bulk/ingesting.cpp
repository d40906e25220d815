#include "bulk/ingesting.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <heymilo/errors.hpp>
#include <heymilo/workflows/store_error.hpp>

#include "bulk/csv_source.hpp"
#include "bulk/ndjson_source.hpp"
#include "bulk/old_journal.hpp"
#include "bulk/open_journal.hpp"
#include "bulk/plan_words.hpp"
#include "bulk/report.hpp"
#include "bulk/summary.hpp"
#include "support/distinct_files.hpp"
#include "support/explain.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/stop.hpp"

namespace bulk {

namespace {

using heymilo::workflows::BulkProgress;
using heymilo::workflows::BulkSource;
using heymilo::workflows::RecordReport;
using heymilo::workflows::RecordState;
using support::ExitCode;

bool isCsv(const Arguments& arguments, Input& input) {
  if (!arguments.format.empty()) {
    return arguments.format == "csv";
  }
  const std::string extension = std::filesystem::path(arguments.file).extension().string();
  if (extension == ".csv") {
    return true;
  }
  const char first = input.peek().value_or('{');
  if (first == '[') {
    throw support::UsageError(support::printable(arguments.file) +
                              " begins with [: expected one JSON object per line, not an array.\n"
                              "Convert it, for example: jq -c '.[]' people.json > people.ndjson");
  }
  return extension != ".ndjson" && extension != ".jsonl" && first != '{';
}

BulkSource sourceOf(const Arguments& arguments, Input& input) {
  return isCsv(arguments, input) ? csvSource(input) : ndjsonSource(input);
}

/// A source that returns nothing after a stop while waiting for input; bulkIngest() does not treat
/// this as the end of the input.
BulkSource untilStopped(const BulkSource& source) {
  return [&source]() -> std::optional<heymilo::workflows::BulkRecord> {
    try {
      return source();
    } catch (const support::Stopped&) {
      return std::nullopt;
    }
  };
}

}  // namespace

ExitCode Ingesting::run(const heymilo::Client& client) {
  journal_file_ = journalFile(arguments_.journal, client, arguments_.posting_id);
  journal_name_ = journalName(arguments_.journal, client, arguments_.posting_id);
  checkFiles(" Nothing was sent, and nothing was changed.");
  if (arguments_.dry_run) {
    support::Output::check();
  }
  if (!openReport()) {
    return ExitCode::failed;
  }
  const BulkSource source = sourceOf(arguments_, input_);
  ExitCode exit = work(client, source);
  if (exit != ExitCode::done && sent_ != 0) {
    exit = ExitCode::in_part;
  }
  const bool reported = report();
  if (exit == ExitCode::done && !reported) {
    exit = sent_ != 0 ? ExitCode::in_part : ExitCode::failed;
  }
  return exit;
}

/// Throws UsageError, with `otherwise` in its message, if two of the files are the same.
void Ingesting::checkFiles(const std::string& otherwise) const {
  support::DistinctFiles files(otherwise);
  if (arguments_.file == "-") {
    files.addDescriptor("standard input", support::kStandardInput);
  } else {
    files.add("the input", arguments_.file);
  }
  if (!journal_file_.empty()) {
    files.addDatabase("the journal", journal_file_);
  }
  files.checkMessages();
  if (arguments_.report == "-") {
    files.addDescriptor("the report", support::kStandardOutput);
  } else if (!arguments_.report.empty()) {
    files.add("the report", arguments_.report);
  }
  files.check();
}

bool Ingesting::openReport() {
  if (arguments_.report.empty()) {
    return true;
  }
  try {
    report_.emplace(arguments_.report);
    return true;
  } catch (const support::OutputError& error) {
    support::complain(std::string(error.what()) + "\nNothing was sent. Use a writable --report.\n");
    return false;
  }
}

ExitCode Ingesting::work(const heymilo::Client& client, const BulkSource& source) {
  try {
    return arguments_.dry_run ? plan(client, source) : ingest(client, source);
  } catch (const heymilo::InvalidArgumentError&) {
    throw;
  } catch (const heymilo::workflows::StoreError& error) {
    support::complain(support::printable(error.what()) + "\nThe journal is " + journal_name_ +
                      (arguments_.dry_run ? ".\n"
                       : sent_ == 0       ? ": nothing is sent without a usable journal.\n"
                                          : ": nothing more is sent without a usable journal.\n"));
    return sent_ != 0 ? ExitCode::in_part : ExitCode::failed;
  } catch (const heymilo::Error& error) {
    if (arguments_.dry_run) {
      throw;
    }
    support::complain(support::explain(error) +
                      (support::helpsToRunAgain(error)
                           ? howToResume()
                           : "Everything sent so far is in the journal, and "
                             "nothing is sent twice.\n" +
                                 support::explainSameAgain()));
    return ExitCode::failed;
  } catch (const support::UsageError& error) {  // the file can't be read to its end
    const bool nothing = arguments_.dry_run || sent_ == 0;
    support::complain(std::string(error.what()) + '\n' +
                      (nothing ? "This run has sent nothing.\n" : howToResume()));
    return nothing ? ExitCode::usage : ExitCode::in_part;
  }
}

Ingesting::Options Ingesting::options(support::ProgressLine& line) {
  Options options;
  options.store = postgresJournal(arguments_.journal);
  options.journal = options.store ? std::string() : arguments_.journal;
  options.chunk = arguments_.chunk;
  options.concurrency = arguments_.concurrency;
  options.async = arguments_.async;
  options.key = arguments_.key;
  options.new_posting = arguments_.new_posting;
  if (arguments_.settle_given) {
    options.settling_time = std::chrono::milliseconds(
        static_cast<std::chrono::milliseconds::rep>(arguments_.settle * 1000));
  }
  options.stop = interrupt_.token();
  options.on_progress = [&](const BulkProgress& progress) { show(progress, line); };
  options.on_record = [&](const RecordReport& record) { note(record); };
  return options;
}

ExitCode Ingesting::ingest(const heymilo::Client& client, const BulkSource& source) {
  Result result;
  {
    support::ProgressLine line(arguments_.quiet || arguments_.verbose);
    const Options chosen = options(line);
    takeOverOldJournal(
        client,
        arguments_.posting_id,
        arguments_.file,
        chosen,
        [this](Input& input) { return sourceOf(arguments_, input); },
        arguments_.quiet);
    result = bulkIngest(client, arguments_.posting_id, untilStopped(source), chosen);
  }
  const std::string text = summary(arguments_, result, rejected_, journal_name_);
  if (!text.empty()) {
    support::tell(text);
  }
  return isClean(result) ? ExitCode::done : ExitCode::in_part;
}

ExitCode Ingesting::plan(const heymilo::Client& client, const BulkSource& source) {
  heymilo::workflows::BulkPlan plan;
  {
    support::ProgressLine line(arguments_.quiet || arguments_.verbose);
    const Options chosen = options(line);
    const std::string old = oldJournal(arguments_.file, arguments_.posting_id, chosen);
    if (!old.empty()) {
      support::complain(old +
                        " is a journal of version 0.1. A run takes it over before it sends "
                        "anything; a dry run can't plan before that.\n");
      return ExitCode::failed;
    }
    plan = planIngest(client, arguments_.posting_id, untilStopped(source), chosen);
  }
  const std::string text = planText(arguments_, plan, rejected_, journal_name_);
  if (arguments_.report == "-") {
    support::tell(text);
  } else {
    support::Output output;
    output.write(text);
    output.finish();
  }
  return planIsClean(plan) ? ExitCode::done : ExitCode::in_part;
}

void Ingesting::show(const BulkProgress& progress, support::ProgressLine& line) {
  sent_ = progress.sent;
  const auto now = std::chrono::steady_clock::now();
  if (now - shown_ < std::chrono::milliseconds{100} && progress.phase == phase_) {
    return;
  }
  shown_ = now;
  phase_ = progress.phase;
  reportPause(progress.pause, line);
  reportWait(progress, line);
  const std::string text = words_.text(progress, input_, now);
  line.show(text);
  if (arguments_.verbose && text != printed_) {
    support::tell(text + '\n');
    printed_ = text;
  }
}

/// What became of a record.
void Ingesting::note(const RecordReport& record) {
  const std::size_t shown = arguments_.dry_run ? 20 : 3;
  if (record.state == RecordState::rejected) {
    const auto place = std::upper_bound(
        rejected_.begin(), rejected_.end(), record, [](const auto& one, const auto& other) {
          return one.index < other.index;
        });
    rejected_.insert(place, record);
    rejected_.resize(std::min(rejected_.size(), shown));
  }
  if (!report_ || report_failure_) {
    return;
  }
  try {
    report_->write(record.index, reportLine(record));
  } catch (const support::OutputError& error) {
    report_failure_ = error.what();
  }
}

/// Once for each pause longer than a few seconds, if no progress line shows it.
void Ingesting::reportPause(std::chrono::milliseconds pause, const support::ProgressLine& line) {
  constexpr std::chrono::seconds kLong{5};
  if (pause < kLong) {
    paused_ = false;
  } else if (!paused_ && !arguments_.quiet && !line.visible()) {
    paused_ = true;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(pause).count();
    support::tell("the API is overloaded, or the quota is used up: resuming in " +
                  std::to_string(seconds) + " s. Press Ctrl-C to stop.\n");
  }
}

/// Once, where the run waits for long before it sends and no progress line shows it.
void Ingesting::reportWait(const BulkProgress& progress, const support::ProgressLine& line) {
  constexpr std::chrono::seconds kLong{5};
  if (progress.phase == "adopting" && progress.wait > kLong && !waited_ && !arguments_.quiet &&
      !arguments_.verbose && !line.visible()) {
    waited_ = true;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(progress.wait).count();
    support::tell("the journal is new: sending begins in about " + std::to_string(seconds) +
                  " s, after who is in the posting has been taken over.\n");
  }
}

/// False, after an error message, if the report could not be written.
bool Ingesting::report() {
  try {
    if (report_ && !report_failure_) {
      checkFiles({});  // again: new files may be the same by the rules of their directory
      report_->finish();
    }
    if (!report_failure_) {
      return true;
    }
    complainAboutReport(*report_failure_);
  } catch (const support::OutputError& error) {
    complainAboutReport(error.what());
  } catch (const support::UsageError& error) {
    complainAboutReport(error.what());
  }
  return false;
}

void Ingesting::complainAboutReport(const std::string& why) const {
  support::complain(why + (arguments_.dry_run
                               ? "\nRun it again with a writable --report.\n"
                               : "\nThe outcome of each record is in the journal. Run it again "
                                 "with a writable --report: nothing is sent again.\n"));
}

}  // namespace bulk
