// Makes one HTML page of a mirror: how far the candidates of a posting have come, and when.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <heymilo/errors.hpp>
#include <heymilo/version.hpp>
#include <heymilo/workflows/sqlite_mirror_reader.hpp>
#include <heymilo/workflows/store_error.hpp>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#ifdef HEYMILO_TOOLS_WITH_POSTGRES
#include <heymilo/postgres/mirror_reader.hpp>
#endif

#include "report/page.hpp"
#include "report/page_file.hpp"
#include "support/database_url.hpp"
#include "support/distinct_files.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"

namespace {

using heymilo::workflows::FiguresOptions;
using heymilo::workflows::MirrorReader;
using support::ExitCode;

constexpr const char* kFooter =
    R"(The figures are read from the database alone: the API is not called, and no key
is needed. The database is not changed.

A page is written to standard output, everything else to standard error. The
exit code is 0 (done), 1 (the database can't be read or is still empty, or the
page can't be written: there is no new page), 2 (usage: there is no such file or
posting) or 3 (the page was made, but no run of mirror_candidates has been
complete yet: candidates are missing, and the page says so).

Examples:
  mirror_report --database candidates.db --output candidates.html
  mirror_report --database postgresql://reader@db/app --posting POSTING_ID)";

struct Arguments {
  std::string database, posting, output = "-";
  bool personal_data = false;
};

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("--database",
                 arguments.database,
                 "The mirror: the SQLite file of mirror_candidates, or postgresql://...")
      ->required()
      ->type_name("DB");
  app.add_option(
         "--posting", arguments.posting, "The posting's id; needed where the database has several")
      ->type_name("ID");
  app.add_option("--output",
                 arguments.output,
                 "The file of the page, replaced when the new page is complete "
                 "(default: standard output)")
      ->type_name("FILE");
  app.add_flag("--personal-data",
               arguments.personal_data,
               "Show the names and scores of candidates who have changed lately. The file is then "
               "readable by its owner only");
}

bool isFile(const Arguments& arguments) { return !support::isPostgresUrl(arguments.database); }

std::shared_ptr<MirrorReader> readerOf(const Arguments& arguments) {
  if (isFile(arguments)) {
    return heymilo::workflows::sqliteMirrorReader(arguments.database);
  }
#ifdef HEYMILO_TOOLS_WITH_POSTGRES
  return heymilo::postgres::mirrorReader(arguments.database);
#else
  throw support::UsageError(
      "this program was built without PostgreSQL, which --database asks for.\n"
      "Build it with libpq (HEYMILO_BUILD_POSTGRES), or give an SQLite file.");
#endif
}

/// The same, with the words of the program for a name or URL that can't be used. The library's
/// sentence has a name only where it is a file's, and never a password.
std::shared_ptr<MirrorReader> usableReaderOf(const Arguments& arguments) {
  try {
    return readerOf(arguments);
  } catch (const heymilo::InvalidArgumentError& error) {
    const std::string words = error.what();  // after the parameter's name
    throw support::UsageError(
        "--database" + support::printable(words.substr(std::min(words.find(' '), words.size()))) +
        ".\nGive the --database of mirror_candidates.");
  }
}

/// What to do about an error of the database; empty where its message says all.
std::string hintOn(const Arguments& arguments, const heymilo::workflows::StoreError& error) {
  if (!isFile(arguments)) {
    return std::string(error.what()).find("can't connect") == std::string::npos
               ? ""
               : "Check that the server can be reached, and that it has this database and user.\n";
  }
  errno = 0;
  if (!std::ifstream(arguments.database) && errno != 0) {  // SQLite does not say why
    return "This user can't read the file: " + std::generic_category().message(errno) + ".\n";
  }
  return "";
}

std::string listOf(const std::vector<std::string>& postings) {
  constexpr std::size_t kMost = 20;
  std::string list;
  for (std::size_t at = 0; at < std::min(postings.size(), kMost); ++at) {
    list += "\n  " + support::printable(postings[at]);
  }
  return postings.size() > kMost
             ? list + "\n  and " + std::to_string(postings.size() - kMost) + " more"
             : list;
}

/// The posting that is meant. Throws UsageError where that can't be told.
std::string postingOf(const Arguments& arguments, MirrorReader& reader) {
  const std::vector<std::string> postings = reader.postings();
  if (postings.empty()) {
    throw support::UsageError(
        "the database has no mirrored posting that this user can see.\n"
        "Run mirror_candidates first.");
  }
  if (arguments.posting.empty()) {
    if (postings.size() == 1) {
      return postings.front();
    }
    throw support::UsageError("the database has " + std::to_string(postings.size()) +
                              " postings. Give one of them with --posting:" + listOf(postings));
  }
  if (std::find(postings.begin(), postings.end(), arguments.posting) == postings.end()) {
    throw support::UsageError("the database has no posting " +
                              support::printable(arguments.posting) + ", but:" + listOf(postings));
  }
  return arguments.posting;
}

void checkFiles(const Arguments& arguments) {
  support::DistinctFiles files(" Nothing was changed.");
  if (isFile(arguments)) {
    files.addDatabase("the database", arguments.database);
  }
  files.checkMessages();
  if (arguments.output == "-") {
    files.addDescriptor("standard output", support::kStandardOutput);
  } else {
    files.add("the page", arguments.output);
  }
  files.check();
}

void write(const Arguments& arguments, const std::string& page) {
  if (arguments.output != "-") {
    report::writePage(arguments.output, page, arguments.personal_data);
    return;
  }
  support::Output output;
  output.write(page);
  output.finish();
}

ExitCode makePage(const Arguments& arguments) {
  if (arguments.output.empty()) {
    throw support::UsageError("--output is empty: give the name of a file.");
  }
  checkFiles(arguments);
  if (arguments.output == "-") {
    support::Output::check();
  }
  try {
    const auto reader = usableReaderOf(arguments);
    report::PageContent content;
    FiguresOptions options;
    options.personal_data = arguments.personal_data;
    content.figures = reader->figures(postingOf(arguments, *reader), options);
    content.personal_data = arguments.personal_data;
    content.made_at = heymilo::toTimestamp(std::chrono::system_clock::now());
    content.made_by =
        support::programNamed("mirror_report") + ' ' + std::string(heymilo::version());
    const bool filled = content.figures.filled.value_or(true);
    if (!filled && !content.figures.read_at) {
      support::complain(
          "the mirror is still empty: no run has stored a candidate, and none was complete. No "
          "page "
          "was made.\nRun mirror_candidates first, until it ends with exit code 0.\n");
      return ExitCode::failed;
    }
    write(arguments, report::page(content));
    if (!filled) {
      support::complain(
          "the mirror is not complete: no run has read the whole posting yet. The page says so.\n"
          "Run mirror_candidates until it ends with exit code 0, and make the page again.\n");
      return ExitCode::in_part;
    }
    return ExitCode::done;
  } catch (const heymilo::workflows::StoreError& error) {
    support::complain(support::printable(error.what()) + '\n' + hintOn(arguments, error));
    return ExitCode::failed;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Make one HTML page of a mirror: funnel, progress, scores and recent changes.",
               "mirror_report");
  Arguments arguments;
  declare(app, arguments);
  app.footer(kFooter);
  return support::runProgram(app, argc, argv, [&] { return makePage(arguments); });
}
