#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>

namespace bulk {

/// The command line of bulk_ingest.
struct Arguments {
  std::string posting_id, file, journal, report, key, format;
  std::size_t chunk = 100, concurrency = 4;
  double settle = 0, timeout = 60;  // seconds
  bool async = false, new_posting = false, dry_run = false, quiet = false, verbose = false,
       settle_given = false;
};

void declare(CLI::App& app, Arguments& arguments);

/// After the parsing. Throws support::UsageError for an empty value, as from an unset variable: it
/// is not the same as a missing option.
void complete(const CLI::App& app, Arguments& arguments);

}  // namespace bulk
