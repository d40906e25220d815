// Keeps a copy of a posting's candidates up to date, in SQLite or PostgreSQL.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <heymilo/heymilo.hpp>
#include <heymilo/workflows/follow.hpp>
#include <heymilo/workflows/sqlite_mirror.hpp>
#include <heymilo/workflows/store_error.hpp>
#include <memory>
#include <string>

#ifdef HEYMILO_TOOLS_WITH_POSTGRES
#include <heymilo/postgres/mirror.hpp>
#endif

#include "mirror/follow_words.hpp"
#include "support/database_url.hpp"
#include "support/distinct_files.hpp"
#include "support/explain.hpp"
#include "support/interrupt.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/progress_line.hpp"
#include "support/shared_quota.hpp"

namespace {

using heymilo::workflows::MirrorProgress;
using heymilo::workflows::MirrorResult;
using support::ExitCode;

struct Arguments {
  std::string posting_id, database;
  std::uint32_t erase_after = 7;  // days
  bool full = false;
  bool follow = false;
  bool quiet = false;
};

constexpr std::uint32_t kMostDays = 36'500;

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("POSTING_ID", arguments.posting_id, "The posting's id")->required()->type_name("");
  app.add_option("--database",
                 arguments.database,
                 "The SQLite file, created if it does not exist, or postgresql://...")
      ->required()
      ->type_name("DB");
  app.add_flag(
      "--full",
      arguments.full,
      "Read everything, which is done once a week in any case: the only way to see changes "
      "of candidates that are already in a final state");
  app.add_flag("--follow",
               arguments.follow,
               "Stay in step until it is stopped: new candidates within seconds to minutes, others "
               "as they age");
  app.add_option(
         "--erase-after",
         arguments.erase_after,
         "Erase a candidate for good who has no longer been in the list for this many days; "
         "0: at once")
      ->type_name("DAYS")
      ->capture_default_str()
      ->check(CLI::Range(std::uint32_t{0}, kMostDays).description(""));
  app.add_flag("--quiet", arguments.quiet, "Print no progress and no summary");
}

std::string count(std::uint64_t number, const std::string& what) {
  return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s");
}

std::string progressText(const MirrorProgress& progress) {
  std::string text = std::to_string(progress.walked);
  if (progress.expected) {
    text += " of " + std::to_string(*progress.expected);
  }
  return text + " read, " + std::to_string(progress.added) + " new, " +
         std::to_string(progress.changed) + " changed, " + count(progress.requests, "request");
}

std::string extent(const MirrorResult& result) {
  if (result.created_after) {
    return "candidates created since " + heymilo::formatTimestamp(*result.created_after);
  }
  return "everything";
}

/// Of the candidates before the part that was read; empty if nothing was left.
std::string olderCandidates(const heymilo::workflows::MirrorSearch& search, bool full) {
  using Outcome = heymilo::workflows::MirrorSearch::Outcome;
  const std::string then =
      full ? "everything was read instead\n" : "everything is read once a day instead\n";
  switch (search.outcome) {
    case Outcome::complete:
      return "deletions among older candidates: " + std::to_string(search.gone) + " found with " +
             count(search.requests, "request") + '\n';
    case Outcome::no_totals:
      return "deletions among older candidates: the API sends no total_count; " + then;
    case Outcome::bad_totals:
      return "deletions among older candidates: the API's total_count does not follow "
             "created_after and created_before; " +
             then;
    case Outcome::undated:
      return "deletions among older candidates: the number of those without created_at differs; " +
             then;
    case Outcome::none:
      break;
  }
  return {};
}

/// Whether everything was read since the API's totals can't be used: then deletions among older
/// candidates are found once a day.
bool readInstead(const MirrorResult& result) {
  using Outcome = heymilo::workflows::MirrorSearch::Outcome;
  return result.full && (result.search.outcome == Outcome::no_totals ||
                         result.search.outcome == Outcome::bad_totals);
}

std::string summary(const MirrorResult& result) {
  return count(result.seen, "candidate") + " seen: " + std::to_string(result.added) + " new, " +
         std::to_string(result.changed) + " changed, " + std::to_string(result.gone) + " gone" +
         (result.erased == 0 ? "\n" : ", " + std::to_string(result.erased) + " erased\n") +
         count(result.requests, "request") + "; read " + extent(result) +
         (result.resumed ? ", after finishing an earlier run\n" : "\n") +
         olderCandidates(result.search, result.full);
}

constexpr const char* kStored = "Everything received so far is stored.\n";
constexpr const char* kResume = "Everything received so far is stored. Run it again to resume.\n";

/// Of people who are in the list again after they were erased.
std::string withheld(std::uint64_t number) {
  return count(number, "candidate") +
         (number == 1
              ? " in the list was erased from this mirror before, and is not stored again.\n"
              : " in the list were erased from this mirror before, and are not stored "
                "again.\n");
}

std::shared_ptr<heymilo::workflows::MirrorSink> databaseOf(const Arguments& arguments) {
  if (!support::isPostgresUrl(arguments.database)) {
    return std::make_shared<heymilo::workflows::SqliteMirror>(arguments.database,
                                                              arguments.posting_id);
  }
#ifdef HEYMILO_TOOLS_WITH_POSTGRES
  return heymilo::postgres::mirror(arguments.database, arguments.posting_id);
#else
  throw support::UsageError(
      "this program was built without PostgreSQL, which --database asks for.\n"
      "Build it with libpq (HEYMILO_BUILD_POSTGRES), or give an SQLite file.");
#endif
}

/// The same, with the words of the program for a name or URL that can't be used.
std::shared_ptr<heymilo::workflows::MirrorSink> usableDatabaseOf(const Arguments& arguments) {
  try {
    return databaseOf(arguments);
  } catch (const heymilo::InvalidArgumentError& error) {
    const std::string words = error.what();  // after the parameter's name
    throw support::UsageError("--database" + words.substr(std::min(words.find(' '), words.size())) +
                              '.');
  }
}

/// One run, and its output.
class Mirroring {
 public:
  explicit Mirroring(const Arguments& arguments) : arguments_(arguments) {}

  ExitCode run(const heymilo::Client& client) {
    try {
      if (arguments_.follow) {
        return follow(client);
      }
      const MirrorResult result = mirror(client);
      if (result.stopped) {
        support::tell(std::string("stopped. ") + kResume);
        return unfinished();
      }
      if (!arguments_.quiet) {
        support::Output output;
        output.write(summary(result));
        output.finish();
      }
      if (result.withheld != 0 && !arguments_.quiet) {
        support::tell(withheld(result.withheld));
      }
      if (arguments_.quiet && readInstead(result) && !arguments_.full) {  // once a day
        support::tell(olderCandidates(result.search, result.full));
      }
      if (result.unreadable != 0) {
        support::complain(support::explainUnreadable(result.unreadable) +
                          "The database keeps its copy of them.\n");
        return ExitCode::in_part;
      }
      return ExitCode::done;
    } catch (const heymilo::workflows::StoreError& error) {
      support::complain(support::explain(error) +
                        (seen_ == 0 ? "" : "The next run resumes from the database's state.\n"));
      return ExitCode::failed;
    } catch (const heymilo::Error& error) {
      if (seen_ == 0) {
        throw;
      }
      support::complain(support::explain(error) + (support::helpsToRunAgain(error)
                                                       ? kResume
                                                       : kStored + support::explainSameAgain()));
      return unfinished();
    }
  }

 private:
  /// Throws UsageError if another output would overwrite the database.
  void checkFiles() const {
    support::DistinctFiles files(" Nothing was changed.");
    if (!support::isPostgresUrl(arguments_.database)) {
      files.addDatabase("the database", arguments_.database);
    }
    files.checkMessages();
    files.addDescriptor("standard output", support::kStandardOutput);
    files.check();
  }

  MirrorResult mirror(const heymilo::Client& client) {
    checkFiles();
    const auto database = usableDatabaseOf(arguments_);
    support::ProgressLine line(arguments_.quiet);
    heymilo::workflows::MirrorOptions options;
    options.full = arguments_.full;
    options.concurrency = 4;
    options.erase_after = std::chrono::hours{24} * arguments_.erase_after;
    options.stop = interrupt_.token();
    options.on_progress = [&](const MirrorProgress& progress) {
      seen_ = progress.seen;
      line.show(progressText(progress));
    };
    options.on_unreadable = [](const heymilo::UnreadableCandidate& candidate) {
      support::complain(support::explain(candidate));
    };
    return mirrorCandidates(client, arguments_.posting_id, *database, options);
  }

  ExitCode follow(const heymilo::Client& client) {
    checkFiles();
    const auto database = usableDatabaseOf(arguments_);
    mirroring::FollowWords words(arguments_.quiet);
    heymilo::workflows::FollowOptions options;
    options.concurrency = 4;
    options.erase_after = std::chrono::hours{24} * arguments_.erase_after;
    options.stop = interrupt_.token();
    options.on_status = [&](const heymilo::workflows::FollowStatus& status) {
      seen_ = status.total.seen;
      words.show(status);
    };
    options.on_unreadable = [](const heymilo::UnreadableCandidate& candidate) {
      support::complain(support::explain(candidate));
    };
    words.summarize(followCandidates(client, arguments_.posting_id, *database, options));
    return ExitCode::done;
  }

  ExitCode unfinished() const { return seen_ == 0 ? ExitCode::failed : ExitCode::in_part; }

  const Arguments& arguments_;
  const support::Interrupt interrupt_;
  std::uint64_t seen_ = 0;  // stored in this run
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Keep a copy of a posting's candidates up to date, in SQLite or PostgreSQL.",
               "mirror_candidates");
  Arguments arguments;
  declare(app, arguments);
  app.footer(
      support::apiFooter("  mirror_candidates POSTING_ID --database candidates.db\n"
                         "  sqlite3 candidates.db 'SELECT name, status FROM candidates'\n"
                         "  mirror_candidates POSTING_ID --database postgresql://heymilo@db/app\n"
                         "  mirror_candidates POSTING_ID --database candidates.db --follow") +
      "\n\nHere, a signal that stops it with --follow is the normal end: exit code 0.");
  return support::runProgram(app, argc, argv, [&] {
    if (arguments.follow && arguments.full) {
      throw support::UsageError(
          "--full and --follow exclude each other: --follow reads everything once a week.");
    }
    if (!arguments.follow) {
      return Mirroring(arguments).run(support::clientFromEnvironment());
    }
    // Waits for the quota are normal here. Only one that needs a reason is reported, once.
    std::atomic<bool> explained{false};
    return Mirroring(arguments).run(
        support::clientFromEnvironment([&explained](const heymilo::Event& event) {
          if (event.kind == heymilo::EventKind::throttled && !event.held &&
              !support::reasonOfLongWait(event.wait).empty() && !explained.exchange(true)) {
            support::reportWait(event);
          }
        }));
  });
}
