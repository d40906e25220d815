// Ingests what applications have put into an outbox, until it is stopped.

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <heymilo/heymilo.hpp>
#include <heymilo/workflows/outbox.hpp>
#include <heymilo/workflows/store_error.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#ifdef HEYMILO_TOOLS_WITH_POSTGRES
#include <heymilo/postgres/outbox.hpp>
#endif

#include "support/database_url.hpp"
#include "support/distinct_files.hpp"
#include "support/explain.hpp"
#include "support/interrupt.hpp"
#include "support/json_line.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/shared_quota.hpp"

namespace {

using heymilo::workflows::OutboxEvent;
using heymilo::workflows::OutboxOptions;
using heymilo::workflows::OutboxResult;
using support::ExitCode;

struct Arguments {
  std::string journal, key = "id";
  std::size_t concurrency = 1;
  double expire_after = 30, settle = 0, timeout = 60;
  bool once = false, new_posting = false, schema = false, settle_given = false;
};

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("--journal",
                 arguments.journal,
                 "The database with the outbox and its journal: an SQLite file, which may be the "
                 "application's own, or postgresql://... (required, but for --schema)")
      ->type_name("FILE|URL");
  app.add_flag("--once", arguments.once, "Deliver what is there, and end");
  app.add_option(
         "--concurrency",
         arguments.concurrency,
         "Parallel requests for a posting, 1 to 64; with 1, people are sent in the order in "
         "which they were inserted")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}).description(""))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--expire-after",
                 arguments.expire_after,
                 "Erase rows that were rejected so many days ago, but for key and code")
      ->check(support::numberBetween(0, 36500))
      ->type_name("DAYS")
      ->capture_default_str();
  app.add_option(
         "--key",
         arguments.key,
         "The name of the keys, as in bulk_ingest --key, for postings that the journal does "
         "not have yet")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--settle",
                 arguments.settle,
                 "How long people in doubt may take to appear, from the end of their request, "
                 "before they are sent again: as long as the API and its proxies may take "
                 "(default: 125)")
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
  app.add_flag(
      "--new-posting",
      arguments.new_posting,
      "Nobody else has sent anybody to the postings: a new journal neither waits nor takes "
      "over who is in them");
  app.add_flag("--schema",
               arguments.schema,
               "Print the SQL that makes the outbox, for your own migrations, and end: for "
               "PostgreSQL with a --journal of it, otherwise for SQLite");
}

[[maybe_unused]] support::UsageError withoutPostgres() {
  return support::UsageError(
      "this program was built without PostgreSQL, which --journal asks for.\n"
      "Build it with libpq (HEYMILO_BUILD_POSTGRES), or give an SQLite file.");
}

std::shared_ptr<heymilo::workflows::Outbox> outboxOf(const std::string& journal) {
  if (!support::isPostgresUrl(journal)) {
    return heymilo::workflows::sqliteOutbox(journal);
  }
#ifdef HEYMILO_TOOLS_WITH_POSTGRES
  return heymilo::postgres::outbox(journal);
#else
  throw withoutPostgres();
#endif
}

std::string schemaOf(const std::string& journal) {
  if (!support::isPostgresUrl(journal)) {
    return heymilo::workflows::sqliteOutboxSchema();
  }
#ifdef HEYMILO_TOOLS_WITH_POSTGRES
  return heymilo::postgres::outboxSchema();
#else
  throw withoutPostgres();
#endif
}

/// What an error is, for a program: the API's code, or the kind of failure.
std::string codeOf(const heymilo::Error& error) {
  if (const auto* status = dynamic_cast<const heymilo::StatusError*>(&error)) {
    return status->error().code;
  }
  if (dynamic_cast<const heymilo::StoreError*>(&error) != nullptr) {
    return "database";
  }
  if (dynamic_cast<const heymilo::TransportError*>(&error) != nullptr) {
    return "network";
  }
  return "other";
}

double secondsOf(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1e3; }

/// Its line. `error`: of one that has failed, where it is known.
nlohmann::json toJson(const OutboxEvent& event, const heymilo::Error* error) {
  using Kind = OutboxEvent::Kind;
  const auto now =
      std::chrono::time_point_cast<heymilo::Timestamp::duration>(std::chrono::system_clock::now());
  nlohmann::json line{{"time", heymilo::formatTimestamp(now)}, {"event", event.kind}};
  if (!event.posting_id.empty()) {
    line["posting_id"] = event.posting_id;
  }
  if (event.kind != Kind::failed) {
    line["count"] = event.count;
  }
  if (event.kind == Kind::delivered) {
    line["known"] = event.known;
  } else if (event.kind == Kind::rejected) {
    line["code"] = event.code;
  } else if (event.kind == Kind::waiting) {
    line["oldest_s"] = event.oldest.count();
  } else if (event.kind == Kind::failed) {
    line["code"] = error != nullptr ? codeOf(*error) : "in_doubt";
    if (const auto* status = dynamic_cast<const heymilo::StatusError*>(error)) {
      line["status"] = status->status();
    }
    line["wait_s"] = secondsOf(event.wait);
  }
  return line;
}

/// One run, and its output.
class Delivering {
 public:
  explicit Delivering(const Arguments& arguments) : arguments_(arguments) {}

  ExitCode run(const heymilo::Client& client) {
    checkFiles();
    try {
      const OutboxResult result = deliver(client);
      output_.finish();
      summarize(result);
      if (result.stopped) {
        return arguments_.once ? ExitCode::in_part : ExitCode::done;
      }
      if (result.failed != 0) {
        return ExitCode::failed;
      }
      return result.rejected + result.changed == 0 ? ExitCode::done : ExitCode::in_part;
    } catch (const heymilo::StoreError& error) {
      support::complain(support::printable(error.what()) +
                        "\nNothing is lost: what was committed is delivered when the database can "
                        "be used again.\n");
      return ExitCode::failed;
    }
  }

 private:
  void checkFiles() const {
    support::Output::check();
    if (!support::isPostgresUrl(arguments_.journal)) {
      support::DistinctFiles files(" Nothing was changed.");
      files.addDatabase("the journal", arguments_.journal);
      files.checkMessages();
      files.addDescriptor("standard output", support::kStandardOutput);
      files.check();
    }
  }

  OutboxResult deliver(const heymilo::Client& client) {
    std::error_code ignored;
    const bool is_new = !support::isPostgresUrl(arguments_.journal) &&
                        !std::filesystem::exists(arguments_.journal, ignored);
    const std::shared_ptr<heymilo::workflows::Outbox> outbox = outboxOf(arguments_.journal);
    if (is_new) {
      support::tell(
          "Made a new database with an outbox: " + support::printable(arguments_.journal) + '\n');
    }
    OutboxOptions options;
    options.key = arguments_.key;
    options.concurrency = arguments_.concurrency;
    options.once = arguments_.once;
    options.new_posting = arguments_.new_posting;
    constexpr double kDay = 24 * 60 * 60;
    options.expire_after =
        std::chrono::seconds(static_cast<std::int64_t>(arguments_.expire_after * kDay));
    if (arguments_.settle_given) {
      options.settling_time = std::chrono::milliseconds(
          static_cast<std::chrono::milliseconds::rep>(arguments_.settle * 1000));
    }
    options.stop = interrupt_.token();
    options.on_event = [this](const OutboxEvent& event) { show(event); };
    return deliverOutbox(client, *outbox, options);
  }

  void show(const OutboxEvent& event) {
    if (!event.error) {
      write(toJson(event, nullptr));
      return;
    }
    try {
      std::rethrow_exception(event.error);
    } catch (const heymilo::Error& error) {
      write(toJson(event, &error));
      const auto wait = std::chrono::ceil<std::chrono::seconds>(event.wait).count();
      support::complain((event.posting_id.empty()
                             ? ""
                             : "posting " + support::printable(event.posting_id) + ": ") +
                        (dynamic_cast<const heymilo::StoreError*>(&error) != nullptr
                             ? support::printable(error.what()) + '\n'
                             : support::explain(error)) +
                        (arguments_.once ? "Nothing is lost: run it again to deliver the rest.\n"
                                         : "Trying again in " + std::to_string(wait) + " s.\n"));
    }
  }

  void write(const nlohmann::json& line) {
    output_.write(support::jsonLine(line));
    output_.flush();
  }

  static void summarize(const OutboxResult& result) {
    std::string text = std::to_string(result.delivered) + " delivered (" +
                       std::to_string(result.known) + " known before), " +
                       std::to_string(result.rejected) + " rejected, " +
                       std::to_string(result.changed) + " changed\n";
    if (result.rejected != 0) {
      text +=
          "The rejected ones are in the outbox, with the reasons. Enqueue them again, corrected: "
          "they are then sent.\n";
    }
    if (result.changed != 0) {
      text +=
          "The changed ones are in the posting with other content. They were not sent, since the "
          "API has no update.\n";
    }
    support::tell(text);
  }

  const Arguments& arguments_;
  const support::Interrupt interrupt_;
  support::Output output_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Ingest what applications have put into an outbox, each person exactly once.",
               "deliver");
  Arguments arguments;
  declare(app, arguments);
  app.footer(support::apiFooter("  deliver --journal app.db\n"
                                "  deliver --journal postgresql://heymilo@db/app --once\n"
                                "  deliver --schema | sqlite3 app.db") +
             "\n\nHere, a signal that stops it without --once is the normal end: exit code 0.");
  return support::runProgram(app, argc, argv, [&] {
    arguments.settle_given = app.count("--settle") != 0;
    const bool given = app.count("--journal") != 0;
    if (arguments.journal.empty() && (given || !arguments.schema)) {
      throw support::UsageError(given ? "--journal is empty: give a file name or a URL."
                                      : "--journal is required.");
    }
    if (arguments.schema) {
      support::Output output;
      output.write(schemaOf(arguments.journal));
      output.finish();
      return ExitCode::done;
    }
    // Waits for the quota are normal here. Only one that needs a reason is reported, once.
    std::atomic<bool> explained{false};
    const heymilo::Client client =
        support::clientFromEnvironment([&explained](const heymilo::Event& event) {
          if (event.kind == heymilo::EventKind::throttled && !event.held &&
              !support::reasonOfLongWait(event.wait).empty() && !explained.exchange(true)) {
            support::reportWait(event);
          }
        });
    heymilo::RequestOptions options;
    options.timeout = std::chrono::milliseconds(
        static_cast<std::chrono::milliseconds::rep>(arguments.timeout * 1000));
    return Delivering(arguments).run(client.withOptions(options));
  });
}
