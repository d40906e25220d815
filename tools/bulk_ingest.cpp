// Ingests the candidates of a file into a posting, each exactly once, however often it is run.

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <heymilo/heymilo.hpp>
#include <heymilo/workflows/bulk_ingest.hpp>
#include <heymilo/workflows/store_error.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bulk/csv_source.hpp"
#include "bulk/input.hpp"
#include "bulk/ndjson_source.hpp"
#include "bulk/old_journal.hpp"
#include "bulk/progress.hpp"
#include "bulk/report.hpp"
#include "bulk/report_file.hpp"
#include "support/distinct_files.hpp"
#include "support/explain.hpp"
#include "support/interrupt.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/progress_line.hpp"
#include "support/shared_quota.hpp"
#include "support/stop.hpp"

namespace {

using bulk::grouped;
using heymilo::workflows::BulkIngestOptions;
using heymilo::workflows::BulkIngestResult;
using heymilo::workflows::BulkProgress;
using heymilo::workflows::BulkSource;
using heymilo::workflows::RecordReport;
using heymilo::workflows::RecordState;
using support::ExitCode;

struct Arguments {
  std::string posting_id, file, journal, report, key, format;
  std::size_t chunk = 100, concurrency = 4;
  double settle = 0;
  bool async = false, new_posting = false, quiet = false, verbose = false, settle_given = false;
};

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("POSTING_ID", arguments.posting_id, "The posting's id")->required()->type_name("");
  app.add_option(
         "FILE",
         arguments.file,
         "NDJSON: a CandidateIngestRequest per line; or CSV (RFC 4180) whose first row "
         "contains the columns name, email, phone_number, metadata.KEY, data.KEY; - is standard "
         "input")
      ->required()
      ->type_name("");
  app.add_option("--journal",
                 arguments.journal,
                 "The SQLite file with the outcome of each key: run again with it, and nothing is "
                 "sent twice (default: one for each posting, "
                 "~/.local/state/heymilo/HOST/POSTING.journal)")
      ->type_name("DB");
  app.add_option("--report",
                 arguments.report,
                 "Write the outcome of each record, a JSON object per line, to a file readable by "
                 "its owner "
                 "only; - is standard output")
      ->type_name("FILE");
  app.add_option("--chunk", arguments.chunk, "Records per request, 1 to 1000")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1000}).description(""))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--concurrency", arguments.concurrency, "Parallel requests, 1 to 64")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}).description(""))
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--async", arguments.async, "Queue the records, and do not wait for the result");
  app.add_option("--key",
                 arguments.key,
                 "Who a record is: the metadata key of your own id, or email (default: the "
                 "record's content, so that an edited record is another person)")
      ->type_name("NAME");
  app.add_flag("--new-posting",
               arguments.new_posting,
               "Nobody else has sent anybody to the posting: a new journal need not take over who "
               "is in it");
  app.add_option("--settle",
                 arguments.settle,
                 "How long a record in doubt may take to appear, from the end of its request, "
                 "before it is sent again: as long as the API and its proxies may take "
                 "(default: 125, with --async 605)")
      ->check(support::numberBetween(0, 86400))
      ->type_name("SECONDS");
  app.add_option("--format",
                 arguments.format,
                 "ndjson or csv (default: by the file's name or first character)")
      ->check(CLI::IsMember({"ndjson", "csv"}).description(""))
      ->type_name("FORMAT");
  app.add_flag("--quiet", arguments.quiet, "Print errors only");
  app.add_flag("--verbose", arguments.verbose, "Print the progress line by line")
      ->excludes("--quiet");
}

/// An empty value, as from an unset variable, is an error: it is not the same as a missing option.
void refuseEmpty(const CLI::App& app, const std::string& option, const std::string& value) {
  if (app.count(option) != 0 && value.empty()) {
    throw support::UsageError(option + " is empty: give a file name.");
  }
}

void refuseJsonArray(const std::string& file) {
  throw support::UsageError(support::printable(file) +
                            " begins with [: expected one JSON object per line, not an array.\n"
                            "Convert it, for example: jq -c '.[]' people.json > people.ndjson");
}

bool isCsv(const Arguments& arguments, bulk::Input& input) {
  if (!arguments.format.empty()) {
    return arguments.format == "csv";
  }
  const std::string extension = std::filesystem::path(arguments.file).extension().string();
  if (extension == ".csv") {
    return true;
  }
  const char first = input.peek().value_or('{');
  if (first == '[') {
    refuseJsonArray(arguments.file);
  }
  return extension != ".ndjson" && extension != ".jsonl" && first != '{';
}

/// One run, and its output.
class Ingesting {
 public:
  explicit Ingesting(const Arguments& arguments) : arguments_(arguments), input_(arguments.file) {}

  ExitCode run(const heymilo::Client& client) {
    checkFiles(" Nothing was sent, and nothing was changed.");
    if (!arguments_.report.empty()) {
      try {
        report_.emplace(arguments_.report);
      } catch (const support::OutputError& error) {
        support::complain(std::string(error.what()) +
                          "\nNothing was sent. Use a writable --report.\n");
        return ExitCode::failed;
      }
    }
    const BulkSource source =
        isCsv(arguments_, input_) ? bulk::csvSource(input_) : bulk::ndjsonSource(input_);
    ExitCode exit = ExitCode::failed;
    try {
      const BulkIngestResult result = ingest(client, source);
      summarize(result);
      exit = isClean(result) ? ExitCode::done : ExitCode::in_part;
    } catch (const heymilo::InvalidArgumentError&) {
      throw;
    } catch (const heymilo::workflows::StoreError& error) {
      const std::string where = "\nThe journal is " + journalName();
      support::complain(support::printable(error.what()) + where +
                        (sent_ == 0 ? ": nothing is sent without a usable journal.\n"
                                    : ": nothing more is sent without a usable journal.\n"));
      return sent_ != 0 ? ExitCode::in_part : ExitCode::failed;
    } catch (const heymilo::Error& error) {
      support::complain(support::explain(error) +
                        (support::helpsToRunAgain(error)
                             ? howToResume()
                             : "Everything sent so far is in the journal, and "
                               "nothing is sent twice.\n" +
                                   support::explainSameAgain()));
    } catch (const support::UsageError& error) {  // the file can't be read to its end
      support::complain(std::string(error.what()) + '\n' +
                        (requests_ == 0 ? "This run has sent nothing.\n" : howToResume()));
      exit = requests_ == 0 ? ExitCode::usage : ExitCode::in_part;
    }
    if (exit != ExitCode::done && sent_ != 0) {
      exit = ExitCode::in_part;
    }
    const bool reported = report();
    if (exit == ExitCode::done && !reported) {
      exit = sent_ != 0 ? ExitCode::in_part : ExitCode::failed;
    }
    return exit;
  }

 private:
  /// Throws UsageError, with `otherwise` in its message, if two of the files are the same.
  void checkFiles(const std::string& otherwise) const {
    support::DistinctFiles files(otherwise);
    if (arguments_.file == "-") {
      files.addDescriptor("standard input", support::kStandardInput);
    } else {
      files.add("the input", arguments_.file);
    }
    if (!arguments_.journal.empty()) {
      files.addDatabase("the journal", arguments_.journal);
    }
    files.checkMessages();
    if (arguments_.report == "-") {
      files.addDescriptor("the report", support::kStandardOutput);
    } else if (!arguments_.report.empty()) {
      files.add("the report", arguments_.report);
    }
    files.check();
  }

  BulkIngestResult ingest(const heymilo::Client& client, const BulkSource& source) {
    support::ProgressLine line(arguments_.quiet || arguments_.verbose);
    BulkIngestOptions options;
    options.journal = arguments_.journal;
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
    bulk::takeOverOldJournal(
        client,
        arguments_.posting_id,
        arguments_.file,
        options,
        [this](bulk::Input& input) {
          return isCsv(arguments_, input) ? bulk::csvSource(input) : bulk::ndjsonSource(input);
        },
        arguments_.quiet);
    return bulkIngest(client, arguments_.posting_id, untilStopped(source), options);
  }

  /// A source that returns nothing after a stop while waiting for input; bulkIngest() does not
  /// treat this as the end of the input.
  static BulkSource untilStopped(const BulkSource& source) {
    return [&source]() -> std::optional<heymilo::workflows::BulkRecord> {
      try {
        return source();
      } catch (const support::Stopped&) {
        return std::nullopt;
      }
    };
  }

  void show(const BulkProgress& progress, support::ProgressLine& line) {
    sent_ = progress.sent;
    requests_ = progress.requests;
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_ < std::chrono::milliseconds{100} && progress.phase == phase_) {
      return;
    }
    shown_ = now;
    phase_ = progress.phase;
    reportPause(progress.pause, line);
    const std::string text = words_.text(progress, input_, now);
    line.show(text);
    if (arguments_.verbose && text != printed_) {
      support::tell(text + '\n');
      printed_ = text;
    }
  }

  /// What became of a record.
  void note(const RecordReport& record) {
    if (record.state == RecordState::rejected && rejected_.size() < kShown) {
      rejected_.push_back(record);
    }
    if (!report_ || report_failure_) {
      return;
    }
    try {
      report_->write(bulk::reportLine(record));
    } catch (const support::OutputError& error) {
      report_failure_ = error.what();
    }
  }

  /// Once for each pause longer than a few seconds, if no progress line shows it.
  void reportPause(std::chrono::milliseconds pause, const support::ProgressLine& line) {
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

  /// False, after an error message, if the report could not be written.
  bool report() {
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

  void complainAboutReport(const std::string& why) const {
    support::complain(why +
                      "\nThe outcome of each record is in the journal. Run it again with a "
                      "writable --report: nothing is sent again.\n");
  }

  static bool isClean(const BulkIngestResult& result) {
    return result.complete && result.rejected == 0 && result.changed == 0;
  }

  void summarize(const BulkIngestResult& result) const {
    const bool clean = isClean(result);
    if (arguments_.quiet && clean) {
      return;
    }
    if (result.records == 0 && !result.stopped) {
      support::tell("no records in " + support::printable(arguments_.file) + ".\n");
      return;
    }
    std::string text = grouped(result.records) + (result.records == 1 ? " record: " : " records: ");
    text += arguments_.async ? grouped(result.queued) + " queued, " : "";
    text += grouped(result.ingested) + " ingested, ";
    const auto count = [&](std::uint64_t number, const char* what) {
      text += number == 0 ? "" : grouped(number) + what;
    };
    count(result.known, " known, ");
    count(result.changed, " changed, ");
    count(result.duplicate, " duplicate, ");
    text += grouped(result.rejected) + " rejected, " + grouped(result.unresolved) +
            " unresolved; " + grouped(result.requests) +
            (result.requests == 1 ? " request\n" : " requests\n");
    if (result.changed != 0) {
      text +=
          "The changed records are in the posting with other content. They were not sent, "
          "since the API has no update.\n";
    }
    if (result.rejected != 0) {
      text += firstRejected(result.rejected);
      text += "The rejected records, with the reasons, are in the report" + reportLocation() +
              ". Correct them and run again: the others are not sent again.\n";
    }
    if (result.unresolved != 0) {
      text +=
          "Whether the unresolved records were ingested cannot be determined: they are in the "
          "report" +
          reportLocation() + ". Check the posting before you ingest them again.\n";
    }
    if (result.stopped) {
      text += "Stopped before the end. " + howToResume();
    } else if (!arguments_.quiet) {
      text += "The journal is " + journalName() + ".\n";
    }
    support::tell(text);
  }

  /// The first few, one per line. Of the API's error only the code and the location are shown,
  /// since the message may quote the person.
  std::string firstRejected(std::uint64_t rejected) const {
    std::string lines;
    for (const RecordReport& record : rejected_) {
      const heymilo::APIErrorDetail why = record.error.value_or(heymilo::APIErrorDetail{});
      lines += "  record " + std::to_string(record.index + 1) +
               (record.line ? " (line " + std::to_string(*record.line) + ')' : "") + ": ";
      lines += support::printable(why.code == "invalid_record"
                                      ? why.message
                                      : why.param.value_or("") + " (" + why.code + ')');
      lines += '\n';
    }
    return lines + (rejected > kShown ? "  and " + grouped(rejected - kShown) + " more\n" : "");
  }

  std::string reportLocation() const {
    if (arguments_.report == "-") {
      return " on standard output";
    }
    return arguments_.report.empty() ? " (run again with --report FILE: nothing is sent again)"
                                     : " " + support::printable(arguments_.report);
  }

  std::string howToResume() const {
    return "Everything sent so far is in the journal. Run the same command again to resume: "
           "nothing is sent twice.\n";
  }

  std::string journalName() const {
    return arguments_.journal.empty() ? "the default one of this posting"
                                      : support::printable(arguments_.journal);
  }

  static constexpr std::size_t kShown = 3;  // rejected records

  const Arguments& arguments_;
  const support::Interrupt
      interrupt_;  // before everything that waits for input, and temporary files
  bulk::Input input_;
  std::optional<bulk::ReportFile> report_;
  bulk::Progress words_;
  std::chrono::steady_clock::time_point shown_{};
  std::string phase_, printed_;
  bool paused_ = false;
  std::vector<RecordReport> rejected_;  // the first few
  std::optional<std::string> report_failure_;
  std::uint64_t sent_ = 0;      // by this run, as far as known
  std::uint64_t requests_ = 0;  // of this run
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Ingest the candidates of a file into a posting, each exactly once, however often it is run.",
      "bulk_ingest");
  Arguments arguments;
  declare(app, arguments);
  app.footer(
      support::apiFooter("  bulk_ingest POSTING_ID people.csv --report report.ndjson\n"
                         "  bulk_ingest POSTING_ID people.ndjson --key external_id"));
  return support::runProgram(app, argc, argv, [&] {
    arguments.settle_given = app.count("--settle") != 0;
    refuseEmpty(app, "--journal", arguments.journal);
    refuseEmpty(app, "--key", arguments.key);
    refuseEmpty(app, "--report", arguments.report);
    try {
      Ingesting ingesting(arguments);
      // Waits for the quota are normal here. Only one that needs a reason is reported, once.
      std::atomic<bool> explained{arguments.quiet};
      return ingesting.run(support::clientFromEnvironment([&](const heymilo::Event& event) {
        if (event.kind == heymilo::EventKind::throttled && !event.held &&
            !support::reasonOfLongWait(event.wait).empty() && !explained.exchange(true)) {
          support::reportWait(event);
        }
      }));
    } catch (const support::Stopped&) {
      support::complain("stopped before the first record was read: nothing was sent.\n");
      return ExitCode::in_part;
    }
  });
}
