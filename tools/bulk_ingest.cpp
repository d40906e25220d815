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
#include <random>
#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "bulk/csv_source.hpp"
#include "bulk/input.hpp"
#include "bulk/ndjson_source.hpp"
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
#include "support/temporary_files.hpp"

namespace {

using bulk::grouped;
using heymilo::workflows::BulkIngestOptions;
using heymilo::workflows::BulkIngestResult;
using heymilo::workflows::BulkProgress;
using heymilo::workflows::BulkSource;
using support::ExitCode;

struct Arguments {
  std::string posting_id, file, journal, report, mark = "heymilo_ref", format;
  std::size_t chunk = 100, concurrency = 4;
  double settle = 0;
  bool async = false, quiet = false, verbose = false, settle_given = false;
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
                 "The SQLite file with the outcome of each record: run again with it, and nothing "
                 "is sent twice (default: FILE.POSTING_ID.journal)")
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
  app.add_option("--mark",
                 arguments.mark,
                 "The metadata key that identifies a record: an existing key with values that "
                 "differ from record to record, or a key that is added")
      ->type_name("KEY")
      ->capture_default_str();
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

/// The posting's id as part of a file name.
std::string fileNameOf(const std::string& id) {
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string name;
  for (const char c : id) {
    const bool plain =
        heymilo::ascii::isLetter(c) || heymilo::ascii::isDigit(c) || c == '-' || c == '_';
    if (plain) {
      name += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      name += {'%', kDigits[byte >> 4U], kDigits[byte & 0xfU]};
    }
  }
  return name;
}

/// The journal. Without a name, for input that can't be read again, it is deleted after the run.
class JournalFile {
 public:
  explicit JournalFile(const Arguments& arguments) : path_(arguments.journal) {
    if (path_.empty() && arguments.file == "-") {
      std::random_device random;
      path_ = (std::filesystem::temp_directory_path() /
               ("heymilo-" + std::to_string(random()) + "-" + std::to_string(random())))
                  .string();
      temporary_.emplace(std::vector<std::string>{
          path_, path_ + "-wal", path_ + "-shm", path_ + "-journal", path_ + "-lock"});
    } else if (path_.empty()) {
      path_ = arguments.file + '.' + fileNameOf(arguments.posting_id) + ".journal";
    }
  }

  const std::string& path() const noexcept { return path_; }
  bool temporary() const noexcept { return temporary_.has_value(); }

 private:
  std::string path_;
  std::optional<support::TemporaryFiles> temporary_;
};

/// One run, and its output.
class Ingesting {
 public:
  explicit Ingesting(const Arguments& arguments)
      : arguments_(arguments), input_(arguments.file), journal_(arguments) {}

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
      exit = result.complete && result.rejected == 0 ? ExitCode::done : ExitCode::in_part;
    } catch (const heymilo::InvalidArgumentError&) {
      throw;
    } catch (const heymilo::workflows::StoreError& error) {
      const std::string where = "\nThe journal is " + support::printable(journal_.path());
      support::complain(support::printable(error.what()) + where +
                        (sent_ == 0 ? ": nothing is sent without a usable journal.\n"
                                    : ": nothing more is sent without a usable journal.\n") +
                        (journal_.temporary() ? howToResume() : ""));
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
    files.addDatabase("the journal", journal_.path());
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
    options.journal = journal_.path();
    options.chunk = arguments_.chunk;
    options.concurrency = arguments_.concurrency;
    options.async = arguments_.async;
    options.mark = arguments_.mark;
    if (arguments_.settle_given) {
      options.settling_time = std::chrono::milliseconds(
          static_cast<std::chrono::milliseconds::rep>(arguments_.settle * 1000));
    }
    options.stop = interrupt_.token();
    options.on_progress = [&](const BulkProgress& progress) { show(progress, line); };
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
      if (report_) {
        checkFiles({});  // again: new files may be the same by the rules of their directory
        bulk::writeReport(journal_.path(), *report_);
      }
      return true;
    } catch (const support::OutputError& error) {
      complainAboutReport(error.what());
    } catch (const support::UsageError& error) {
      complainAboutReport(error.what());
    }
    return false;
  }

  void complainAboutReport(const std::string& why) const {
    support::complain(why +
                      (journal_.temporary()
                           ? "\nThe report is lost. Do not run it again: the records "
                             "would be sent again.\n"
                           : "\nThe outcome of each record is in the journal. Run it again with "
                             "a writable --report: nothing is sent again.\n"));
  }

  void summarize(const BulkIngestResult& result) const {
    const bool clean = result.complete && result.rejected == 0;
    if (arguments_.quiet && clean) {
      return;
    }
    if (result.records == 0 && !result.stopped) {
      support::tell("no records in " + support::printable(arguments_.file) + ".\n");
      return;
    }
    std::string text = grouped(result.records) + (result.records == 1 ? " record: " : " records: ");
    text += arguments_.async ? grouped(result.queued) + " queued, " : "";
    text += grouped(result.ingested) + " ingested, " + grouped(result.rejected) + " rejected, " +
            grouped(result.unresolved) + " unresolved; " + grouped(result.requests) +
            (result.requests == 1 ? " request\n" : " requests\n");
    if (result.matched_by_email != 0) {
      text += grouped(result.matched_by_email) +
              " had no room for a mark and were identified by their e-mail address.\n";
    }
    if (result.rejected != 0) {
      text += firstRejected(result.rejected);
      text += "The rejected records, with the reasons, are in the report" + reportLocation() +
              ". Correct them and ingest them from a separate file.\n";
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
      text += journal_.temporary()
                  ? "There is no journal: records that are read again are sent again.\n"
                  : "The journal is " + support::printable(journal_.path()) + ".\n";
    }
    support::tell(text);
  }

  /// The first few, one per line. Of the API's error only the code and the location are shown,
  /// since the message may quote the person.
  std::string firstRejected(std::uint64_t rejected) const {
    constexpr std::uint64_t kShown = 3;
    std::string lines;
    std::uint64_t shown = 0;
    heymilo::workflows::reportOf(
        journal_.path(), [&](const heymilo::workflows::RecordReport& record) {
          if (record.state != heymilo::workflows::RecordState::rejected || shown == kShown) {
            return;
          }
          ++shown;
          const heymilo::APIErrorDetail why = record.error.value_or(heymilo::APIErrorDetail{});
          lines += "  record " + std::to_string(record.index + 1) +
                   (record.line ? " (line " + std::to_string(*record.line) + ')' : "") + ": ";
          lines += support::printable(why.code == "invalid_record"
                                          ? why.message
                                          : why.param.value_or("") + " (" + why.code + ')');
          lines += '\n';
        });
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
    return journal_.temporary()
               ? "Without --journal a later run can't know what this one has sent.\n"
               : "Everything sent so far is in the journal. Run the same command again to resume: "
                 "nothing is sent twice.\n";
  }

  const Arguments& arguments_;
  const support::Interrupt
      interrupt_;  // before everything that waits for input, and temporary files
  bulk::Input input_;
  JournalFile journal_;
  std::optional<bulk::ReportFile> report_;
  bulk::Progress words_;
  std::chrono::steady_clock::time_point shown_{};
  std::string phase_, printed_;
  bool paused_ = false;
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
                         "  bulk_ingest POSTING_ID people.ndjson --mark external_id"));
  return support::runProgram(app, argc, argv, [&] {
    arguments.settle_given = app.count("--settle") != 0;
    refuseEmpty(app, "--journal", arguments.journal);
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
