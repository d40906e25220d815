// Brings the candidates of a file into a posting, each exactly once, however often it is run.

#include <CLI/CLI.hpp>
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
         "NDJSON: a CandidateIngestRequest a line; or CSV by RFC 4180: a first row that "
         "names the columns name, email, phone_number, metadata.KEY, data.KEY; - is standard "
         "input")
      ->required()
      ->type_name("");
  app.add_option(
         "--journal",
         arguments.journal,
         "The SQLite file that knows what became of each record: run again with it, and nothing "
         "is sent twice (default: FILE.POSTING_ID.journal)")
      ->type_name("DB");
  app.add_option(
         "--report",
         arguments.report,
         "Write what became of each record, a JSON object a line, into a file for its owner "
         "alone; - is standard output")
      ->type_name("FILE");
  app.add_option("--chunk", arguments.chunk, "Records in a request, 1 to 1000")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1000}).description(""))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--concurrency", arguments.concurrency, "Requests at the same time, 1 to 64")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}).description(""))
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--async", arguments.async, "Queue the records, and do not wait for the result");
  app.add_option("--mark",
                 arguments.mark,
                 "The metadata key by which a record is found again: one of your own, whose values "
                 "differ from record to record, or one that is added")
      ->type_name("KEY")
      ->capture_default_str();
  app.add_option("--settle",
                 arguments.settle,
                 "How long a record in doubt may take to show up, from the end of its request on, "
                 "before it is sent again: as long as the API and the proxies before it may take "
                 "(default: 125, with --async 605)")
      ->check(support::numberBetween(0, 86400))
      ->type_name("SECONDS");
  app.add_option("--format",
                 arguments.format,
                 "ndjson or csv (default: as the file's name or its first sign says)")
      ->check(CLI::IsMember({"ndjson", "csv"}).description(""))
      ->type_name("FORMAT");
  app.add_flag("--quiet", arguments.quiet, "Say nothing but what went wrong");
  app.add_flag("--verbose", arguments.verbose, "Tell the progress a line at a time")
      ->excludes("--quiet");
}

/// As of a variable that is not set: not the same as an option that is not there.
void refuseEmpty(const CLI::App& app, const std::string& option, const std::string& value) {
  if (app.count(option) != 0 && value.empty()) {
    throw support::UsageError(option + " has an empty value: it names a file.");
  }
}

void refuseJsonArray(const std::string& file) {
  throw support::UsageError(
      support::printable(file) +
      " begins with [: it is to have a JSON object a line, and no array of them.\n"
      "Convert it, as with: jq -c '.[]' people.json > people.ndjson");
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

/// A posting's id as part of a file's name.
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

/// The journal; one that nobody named, for records that can't be read again, goes with the run.
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

/// One run, and what is told of it.
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
                          "\nNothing was sent. Name a --report that can be written.\n");
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
                        (sent_ == 0 ? ": without one that can be used nothing is sent.\n"
                                    : ": without one that can be used nothing more is sent.\n") +
                        (journal_.temporary() ? goOn() : ""));
      return sent_ != 0 ? ExitCode::in_part : ExitCode::failed;
    } catch (const heymilo::Error& error) {
      support::complain(support::explain(error) + (support::helpsToRunAgain(error)
                                                       ? goOn()
                                                       : "What has come in is in the journal, and "
                                                         "nothing is sent twice.\n" +
                                                             support::explainSameAgain()));
    } catch (const support::UsageError& error) {  // the file can't be read on
      support::complain(std::string(error.what()) + '\n' +
                        (requests_ == 0 ? "This run has sent nothing.\n" : goOn()));
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
  /// Throws UsageError where two of the files are the same one, and says `otherwise` too.
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

  /// A source that gives nothing where waiting for input was ended, which bulkIngest() does not
  /// take for the end.
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
    tellOfPause(progress.pause, line);
    const std::string text = words_.text(progress, input_, now);
    line.show(text);
    if (arguments_.verbose && text != told_) {
      support::tell(text + '\n');
      told_ = text;
    }
  }

  /// Once for each pause, where no line shows it; a short one is not worth a word.
  void tellOfPause(std::chrono::milliseconds pause, const support::ProgressLine& line) {
    constexpr std::chrono::seconds kLong{5};
    if (pause < kLong) {
      paused_ = false;
    } else if (!paused_ && !arguments_.quiet && !line.visible()) {
      paused_ = true;
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(pause).count();
      support::tell("the API can't take more now, or the quota is used up: going on in " +
                    std::to_string(seconds) + " s. Ctrl-C ends it in good order.\n");
    }
  }

  /// False where it could not be written, which it says.
  bool report() {
    try {
      if (report_) {
        checkFiles({});  // again: what was not there may be one file by the rules of its folder
        bulk::writeReport(journal_.path(), *report_);
      }
      return true;
    } catch (const support::OutputError& error) {
      tellOfNoReport(error.what());
    } catch (const support::UsageError& error) {
      tellOfNoReport(error.what());
    }
    return false;
  }

  void tellOfNoReport(const std::string& why) const {
    support::complain(why +
                      (journal_.temporary()
                           ? "\nIt is lost with this run. Do not run it again: the records "
                             "would be sent again.\n"
                           : "\nWhat became of each record is in the journal. Run it again with "
                             "a --report that can be written: nothing is sent anew.\n"));
  }

  void summarize(const BulkIngestResult& result) const {
    const bool clean = result.complete && result.rejected == 0;
    if (arguments_.quiet && clean) {
      return;
    }
    if (result.records == 0 && !result.stopped) {
      support::tell("there are no records in " + support::printable(arguments_.file) + ".\n");
      return;
    }
    std::string text = grouped(result.records) + (result.records == 1 ? " record: " : " records: ");
    text += arguments_.async ? grouped(result.queued) + " queued, " : "";
    text += grouped(result.ingested) + " ingested, " + grouped(result.rejected) + " rejected, " +
            grouped(result.unresolved) + " unresolved; " + grouped(result.requests) +
            (result.requests == 1 ? " request\n" : " requests\n");
    if (result.matched_by_email != 0) {
      text += grouped(result.matched_by_email) +
              " had no room for a mark and were recognised by their e-mail address.\n";
    }
    if (result.rejected != 0) {
      text += firstRejected(result.rejected);
      text += "Who is rejected, and why, is in the report" + whereTheReportIs() +
              ". Bring them in from a file of their own when they are mended.\n";
    }
    if (result.unresolved != 0) {
      text += "Whether the unresolved are in the posting can't be told: they are in the report" +
              whereTheReportIs() + ". Look before you bring them in again.\n";
    }
    if (result.stopped) {
      text += "Stopped before the end. " + goOn();
    } else if (!arguments_.quiet) {
      text += journal_.temporary()
                  ? "There is no journal: what is read again is sent again.\n"
                  : "The journal is " + support::printable(journal_.path()) + ".\n";
    }
    support::tell(text);
  }

  /// The first few, a line each; of the API's words only the code and the place, since the message
  /// may quote the person.
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

  std::string whereTheReportIs() const {
    if (arguments_.report == "-") {
      return " on standard output";
    }
    return arguments_.report.empty() ? ": run it again with --report FILE, which sends nothing anew"
                                     : " " + support::printable(arguments_.report);
  }

  std::string goOn() const {
    return journal_.temporary()
               ? "Without --journal a later run can't know what this one has sent.\n"
               : "What has come in is in the journal. Run the same command again to go on there: "
                 "nothing is sent twice.\n";
  }

  const Arguments& arguments_;
  const support::Interrupt interrupt_;  // before what waits for input, and temporary files
  bulk::Input input_;
  JournalFile journal_;
  std::optional<bulk::ReportFile> report_;
  bulk::Progress words_;
  std::chrono::steady_clock::time_point shown_{};
  std::string phase_, told_;
  bool paused_ = false;
  std::uint64_t sent_ = 0;      // by this run, as far as is known
  std::uint64_t requests_ = 0;  // of this run
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Bring the candidates of a file into a posting, each exactly once, however often it is run.",
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
      // Waits for the quota are what is to be expected here.
      return ingesting.run(support::clientFromEnvironment([](const heymilo::Event&) {}));
    } catch (const support::Stopped&) {
      support::complain("stopped before the first record was read: nothing was sent.\n");
      return ExitCode::in_part;
    }
  });
}
