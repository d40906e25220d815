// Compares a posting with its journal: is each key there once?

#include <CLI/CLI.hpp>
#include <filesystem>
#include <heymilo/heymilo.hpp>
#include <heymilo/workflows/sqlite_journal.hpp>
#include <heymilo/workflows/store_error.hpp>
#include <heymilo/workflows/verify.hpp>
#include <memory>
#include <string>
#include <system_error>

#include "bulk/open_journal.hpp"
#include "bulk/verify_words.hpp"
#include "support/distinct_files.hpp"
#include "support/explain.hpp"
#include "support/interrupt.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/progress_line.hpp"

namespace {

using heymilo::workflows::Journal;
using heymilo::workflows::VerifyFinding;
using heymilo::workflows::VerifyProgress;
using heymilo::workflows::VerifyResult;
using support::ExitCode;

struct Arguments {
  std::string posting_id, journal;
  std::string format = "table";
  bool forget_deleted = false;
};

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("POSTING_ID", arguments.posting_id, "The posting's id")->required()->type_name("");
  app.add_option("--journal",
                 arguments.journal,
                 "The journal of bulk_ingest or deliver: an SQLite file, or postgresql://... "
                 "(default: the posting's, ~/.local/state/heymilo/HOST/POSTING.journal)")
      ->type_name("FILE|URL");
  app.add_flag("--forget-deleted",
               arguments.forget_deleted,
               "Let the journal forget the interview of each key whose candidate is no longer in "
               "the posting. It keeps the key, so that nobody is invited again");
  app.add_option("--format", arguments.format, "table, for a person; or json, one object per line")
      ->check(CLI::IsMember({"table", "json"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
}

std::shared_ptr<Journal> open(const std::string& journal, const std::string& file) {
  if (file.empty()) {
    return bulk::postgresJournal(journal);
  }
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    throw support::UsageError("no journal was found at " + support::printable(file) +
                              ".\nGive the --journal of the ingestion.");
  }
  return heymilo::workflows::sqliteJournal(file);
}

ExitCode verify(const Arguments& arguments, const heymilo::Client& client) {
  const std::string file = bulk::journalFile(arguments.journal, client, arguments.posting_id);
  if (!file.empty()) {
    support::DistinctFiles files(" Nothing was changed.");
    files.addDatabase("the journal", file);
    files.checkMessages();
    files.addDescriptor("standard output", support::kStandardOutput);
    files.check();
  }
  support::Output::check();
  support::Output output;
  bulk::VerifyWords words(arguments.format == "json");
  VerifyResult result;
  try {
    const std::shared_ptr<Journal> journal = open(arguments.journal, file);
    const support::Interrupt interrupt;
    support::ProgressLine line(false);
    heymilo::workflows::VerifyOptions options;
    options.forget_deleted = arguments.forget_deleted;
    options.cancellation = interrupt.token();
    options.on_progress = [&](const VerifyProgress& progress) {
      line.show(bulk::VerifyWords::text(progress));
    };
    options.on_finding = [&](const VerifyFinding& finding) { output.write(words.text(finding)); };
    options.on_unreadable = [](const heymilo::UnreadableCandidate& candidate) {
      support::complain(support::explain(candidate));
    };
    result = verifyPosting(client, arguments.posting_id, *journal, options);
  } catch (const heymilo::workflows::StoreError& error) {
    support::complain(support::printable(error.what()) + "\nThe journal is " +
                      bulk::journalName(arguments.journal, client, arguments.posting_id) + ".\n");
    return ExitCode::failed;
  }
  output.write(words.text(result));
  output.finish();
  if (result.unreadable != 0) {
    support::complain(support::explainUnreadable(result.unreadable) +
                      "Each of them may be a key that is missing or deleted here.\n");
  }
  if (arguments.forget_deleted && result.deleted != 0) {
    support::complain(
        "Not all who were deleted are forgotten: the list is not complete, a candidate can't be "
        "read, or the journal has changed meanwhile. Run it again.\n");
    return ExitCode::in_part;
  }
  return result.good() ? ExitCode::done : ExitCode::in_part;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Compare a posting with its journal: is each key there once?", "verify");
  Arguments arguments;
  declare(app, arguments);
  app.footer(
      support::apiFooter(
          "  verify POSTING_ID\n"
          "  verify POSTING_ID --journal postgresql://heymilo@db/heymilo --format json\n"
          "  verify POSTING_ID --forget-deleted") +
      "\n\nHere, exit code 3 means that a key is twice, shared, missing, foreign or unreadable, or "
      "that\none who was deleted could not be forgotten.");
  return support::runProgram(app, argc, argv, [&] {
    if (app.count("--journal") != 0 && arguments.journal.empty()) {
      throw support::UsageError("--journal is empty: give a file name or a URL.");
    }
    return verify(arguments, support::clientFromEnvironment());
  });
}
