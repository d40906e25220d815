#include "bulk/arguments.hpp"

#include "support/program.hpp"

namespace bulk {

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
                 "What became of each key: an SQLite file, for the programs of this machine, or "
                 "postgresql://..., for those of any number of machines (default: the posting's, "
                 "~/.local/state/heymilo/HOST/POSTING.journal)")
      ->type_name("FILE|URL");
  app.add_option("--report",
                 arguments.report,
                 "Write the outcome of each record, a JSON object per line, to a file readable by "
                 "its owner only; - is standard output")
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
               "Nobody else has sent anybody to the posting: a new journal neither waits nor takes "
               "over who is in it");
  app.add_flag("--dry-run",
               arguments.dry_run,
               "Print what a run would do now; send nothing but lists, and change nothing");
  app.add_option("--settle",
                 arguments.settle,
                 "How long a record in doubt may take to appear, from the end of its request, "
                 "before it is sent again: as long as the API and its proxies may take "
                 "(default: 125, with --async 605)")
      ->check(support::numberBetween(0, 86400))
      ->type_name("SECONDS");
  app.add_option(
         "--timeout",
         arguments.timeout,
         "The longest time of one request. With a new journal, the program may wait so long "
         "for requests of others: give all programs the same")
      ->check(support::numberBetween(1, 3600))
      ->type_name("SECONDS")
      ->capture_default_str();
  app.add_option("--format",
                 arguments.format,
                 "ndjson or csv (default: by the file's name or first character)")
      ->check(CLI::IsMember({"ndjson", "csv"}).description(""))
      ->type_name("FORMAT");
  app.add_flag("--quiet", arguments.quiet, "Print errors only");
  app.add_flag("--verbose", arguments.verbose, "Print the progress line by line")
      ->excludes("--quiet");
}

void complete(const CLI::App& app, Arguments& arguments) {
  const auto refuse_empty = [&](const std::string& option, const std::string& value) {
    if (app.count(option) != 0 && value.empty()) {
      throw support::UsageError(option + " is empty: give a " +
                                (option == "--key" ? "name." : "file name."));
    }
  };
  arguments.settle_given = app.count("--settle") != 0;
  refuse_empty("--journal", arguments.journal);
  refuse_empty("--key", arguments.key);
  refuse_empty("--report", arguments.report);
}

}  // namespace bulk
