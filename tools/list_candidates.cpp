// Lists the candidates of a posting, as a table, as JSON lines or as CSV.

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <heymilo/heymilo.hpp>
#include <optional>
#include <string>

#include "base/api_limits.hpp"
#include "support/candidate_format.hpp"
#include "support/color.hpp"
#include "support/explain.hpp"
#include "support/interrupt.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/terminal.hpp"

namespace {

using heymilo::api_limits::kMaxPage;
using heymilo::api_limits::kMinPage;
using support::ExitCode;

struct Arguments {
  std::string posting_id;
  std::optional<int> limit;
  std::optional<std::string> starting_after, created_after, created_before;
  std::optional<std::int64_t> max;
  std::string format = "table";
  bool escape_formulas = false;
};

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("POSTING_ID", arguments.posting_id, "The posting's id")->required()->type_name("");
  app.add_option(
         "--limit",
         arguments.limit,
         "Ask for so many with one request, 1 to 100; unset: 100, or --max where it is less")
      ->check(CLI::Range(kMinPage, kMaxPage).description(""))
      ->type_name("N");
  app.add_option("--starting-after",
                 arguments.starting_after,
                 "Begin after the candidate with this interview_id")
      ->type_name("ID");
  app.add_option("--created-after",
                 arguments.created_after,
                 "Only candidates created then or later: 2026-03-13, or 2026-03-13T09:30:00Z")
      ->check(support::isoTime())
      ->type_name("ISO");
  app.add_option(
         "--created-before", arguments.created_before, "Only candidates created then or earlier")
      ->check(support::isoTime())
      ->type_name("ISO");
  app.add_option(
         "--max", arguments.max, "Stop after this many candidates, and print how to continue")
      ->check(CLI::PositiveNumber.description(""))
      ->type_name("N");
  app.add_option("--format",
                 arguments.format,
                 "table, fitted to the terminal; json, one candidate per line; or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
  app.add_flag("--escape-formulas",
               arguments.escape_formulas,
               "With --format csv, for spreadsheets: text that a spreadsheet would interpret as a "
               "formula (beginning with =, +, -, @ or similar) gets a leading apostrophe, and the "
               "file begins with the byte order mark that Excel needs for é. This changes the "
               "data, including "
               "phone numbers such as +12025550100; without it CSV is exactly as the API sent it");
}

heymilo::ListCandidatesParams listParams(const Arguments& arguments) {
  heymilo::ListCandidatesParams params;
  params.limit = arguments.limit;
  if (!params.limit && arguments.max && *arguments.max < kMaxPage) {
    params.limit = static_cast<int>(*arguments.max);
  }
  params.starting_after = arguments.starting_after;
  if (arguments.created_after) {
    params.created_after = heymilo::parseTimestamp(*arguments.created_after);
  }
  if (arguments.created_before) {
    params.created_before = heymilo::parseTimestamp(*arguments.created_before);
  }
  return params;
}

support::CandidateFormat formatOf(const Arguments& arguments) {
  if (arguments.format == "json") {
    return support::candidateJson();
  }
  const std::optional<std::size_t> width = support::terminalWidth();
  if (arguments.format == "csv") {
    return support::candidateCsv({arguments.escape_formulas, width.has_value()});
  }
  return support::candidateTable(width, support::isColored(support::Stream::output));
}

/// Writes candidates as they arrive, and keeps the cursor for resuming.
class Listing {
 public:
  explicit Listing(const Arguments& arguments)
      : arguments_(arguments), format_(formatOf(arguments)) {}

  ExitCode run(const heymilo::Client& client) {
    const support::Interrupt interrupt;
    heymilo::RequestOptions options;
    options.cancellation = interrupt.token();
    heymilo::CandidateRange range =
        client.listAllCandidates(arguments_.posting_id, listParams(arguments_), options);
    range.prefetch(!arguments_.max);  // nothing after the last requested candidate
    range.onUnreadable([this](const heymilo::UnreadableCandidate& candidate) {
      ++unreadable_;
      support::complain(support::explain(candidate));
    });
    try {
      walk(range);
      writeHeader();  // for an empty list
      output_.finish();
    } catch (const heymilo::Error& error) {
      if (written_ == 0) {
        throw;
      }
      support::complain(support::explain(error) + "Stopped after " + count() +
                        (support::helpsToRunAgain(error) ? howToContinue()
                                                         : ".\n" + support::explainSameAgain()));
      return ExitCode::in_part;
    } catch (const support::OutputError& error) {
      support::complain(std::string(error.what()) + '\n');
      return output_.delivered() ? ExitCode::in_part : ExitCode::failed;
    }
    if (more_) {
      support::tell("stopped after " + count() + " (--max)" + howToContinue());
    } else if (arguments_.format == "table") {
      support::tell(count() + '\n');
    }
    if (unreadable_ != 0) {
      support::complain(support::explainUnreadable(unreadable_));
      return ExitCode::in_part;
    }
    return ExitCode::done;
  }

 private:
  void walk(heymilo::CandidateRange& range) {
    for (const auto& page : range.pages()) {
      writeHeader();
      for (const heymilo::CandidateResponse& candidate : page.data) {
        more_ = written_ == arguments_.max;
        if (more_) {
          return;
        }
        output_.write(format_.row(candidate));
        cursor_ = candidate.interview_id;
        ++written_;
      }
      output_.flush();
      more_ = written_ == arguments_.max && page.pagination.has_more;
      if (more_) {
        return;
      }
    }
  }

  void writeHeader() {
    output_.write(format_.header);
    format_.header.clear();
  }

  std::string count() const {
    return std::to_string(written_) + (written_ == 1 ? " candidate" : " candidates");
  }

  std::string howToContinue() const {
    return ".\nTo continue, run it again with --starting-after " + support::printable(cursor_) +
           '\n';
  }

  const Arguments& arguments_;
  support::CandidateFormat format_;
  support::Output output_;
  std::int64_t written_ = 0;
  std::uint64_t unreadable_ = 0;
  std::string cursor_;  // the interview_id of the last one written
  bool more_ = false;   // there are more candidates, but --max is reached
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("List the candidates of a posting, as a table, as JSON lines or as CSV.",
               "list_candidates");
  Arguments arguments;
  declare(app, arguments);
  app.footer(support::apiFooter(
      "  list_candidates POSTING_ID --created-after 2026-03-01\n"
      "  list_candidates POSTING_ID --format csv > candidates.csv\n"
      "  list_candidates POSTING_ID --format csv --escape-formulas > sheet.csv"));
  return support::runProgram(app, argc, argv, [&] {
    if (arguments.escape_formulas && arguments.format != "csv") {
      throw support::UsageError(
          "--escape-formulas requires --format csv.\n"
          "Add --format csv, or omit --escape-formulas.");
    }
    const heymilo::Client client = support::clientFromEnvironment();
    support::Output::check();
    return Listing(arguments).run(client);
  });
}
