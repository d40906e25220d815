// Ingests the candidates of a file into a posting, each exactly once, however often it is run.

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <heymilo/heymilo.hpp>

#include "bulk/arguments.hpp"
#include "bulk/ingesting.hpp"
#include "support/program.hpp"
#include "support/shared_quota.hpp"
#include "support/stop.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "Ingest the candidates of a file into a posting, each exactly once, however often it is run.",
      "bulk_ingest");
  bulk::Arguments arguments;
  declare(app, arguments);
  app.footer(
      support::apiFooter("  bulk_ingest POSTING_ID people.csv --report report.ndjson\n"
                         "  bulk_ingest POSTING_ID people.ndjson --key external_id\n"
                         "  bulk_ingest POSTING_ID people.ndjson --key external_id --dry-run"));
  return support::runProgram(app, argc, argv, [&] {
    complete(app, arguments);
    try {
      bulk::Ingesting ingesting(arguments);
      // Waits for the quota are normal here. Only one that needs a reason is reported, once.
      std::atomic<bool> explained{arguments.quiet};
      const heymilo::Client client =
          support::clientFromEnvironment([&](const heymilo::Event& event) {
            if (event.kind == heymilo::EventKind::throttled && !event.held &&
                !support::reasonOfLongWait(event.wait).empty() && !explained.exchange(true)) {
              support::reportWait(event);
            }
          });
      heymilo::RequestOptions options;
      options.timeout = std::chrono::milliseconds(
          static_cast<std::chrono::milliseconds::rep>(arguments.timeout * 1000));
      return ingesting.run(client.withOptions(options));
    } catch (const support::Stopped&) {
      support::complain("stopped before the first record was read: nothing was sent.\n");
      return support::ExitCode::in_part;
    }
  });
}
