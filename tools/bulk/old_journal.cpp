#include "bulk/old_journal.hpp"

#include <filesystem>
#include <heymilo/workflows/takeover.hpp>
#include <optional>
#include <system_error>

#include "base/ascii.hpp"
#include "bulk/progress.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/stop.hpp"

namespace bulk {

namespace {

using heymilo::workflows::BulkIngestOptions;
using heymilo::workflows::BulkRecord;
using heymilo::workflows::BulkSource;
using heymilo::workflows::TakeOverResult;

/// The posting's id as version 0.1 has written it into a file's name.
std::string fileNameOf(const std::string& id) {
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string name;
  for (const char c : id) {
    if (heymilo::ascii::isLetter(c) || heymilo::ascii::isDigit(c) || c == '-' || c == '_') {
      name += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      name += {'%', kDigits[byte >> 4U], kDigits[byte & 0xfU]};
    }
  }
  return name;
}

void requireReadableAgain(const std::string& file, const std::string& journal) {
  std::error_code error;
  if (file == "-" || !std::filesystem::is_regular_file(file, error)) {
    throw support::UsageError(support::printable(journal) +
                              " is a journal of version 0.1. To take it over, the input is read "
                              "twice: give it as a file.");
  }
}

}  // namespace

std::string oldJournal(const std::string& file, const std::string& posting_id,
                       const BulkIngestOptions& options) {
  if (heymilo::workflows::isJournal01(options.journal)) {
    return options.journal;
  }
  const std::string at_default = file + '.' + fileNameOf(posting_id) + ".journal";
  return file != "-" && heymilo::workflows::isJournal01(at_default) ? at_default : std::string();
}

void takeOverOldJournal(const heymilo::Client& client, const std::string& posting_id,
                        const std::string& file, const BulkIngestOptions& options,
                        const std::function<BulkSource(Input&)>& source, bool quiet) {
  const std::string journal = oldJournal(file, posting_id, options);
  if (journal.empty()) {
    return;
  }
  requireReadableAgain(file, journal);
  Input input(file);
  const BulkSource records = source(input);
  const TakeOverResult taken = heymilo::workflows::takeOverJournal01(
      client,
      posting_id,
      [&records]() -> std::optional<BulkRecord> {
        try {
          return records();
        } catch (const support::Stopped&) {
          return std::nullopt;
        }
      },
      journal,
      options);
  if (!taken.known && !taken.stopped && !quiet) {
    support::tell("The journal of version 0.1, " + support::printable(journal) +
                  ", was taken over: " + grouped(taken.ingested) + " ingested, " +
                  grouped(taken.queued) + " queued, " + grouped(taken.rejected) + " rejected, " +
                  grouped(taken.unsent) + " not sent.\n");
  }
}

}  // namespace bulk
