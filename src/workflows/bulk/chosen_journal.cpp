#include "workflows/bulk/chosen_journal.hpp"

#include <filesystem>
#include <string>
#include <system_error>

#include "heymilo/errors.hpp"
#include "heymilo/workflows/sqlite_journal.hpp"
#include "workflows/bulk/default_journal.hpp"
#include "workflows/bulk/key/key_rule.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

void requireUsable(std::string_view posting_id, const BulkIngestOptions& options) {
  const auto refuse = [](const char* option, const std::string& reason) {
    throw InvalidArgumentError(option, reason);
  };
  if (posting_id.empty()) {
    refuse("posting_id", "must not be empty");
  }
  if (options.store && !options.journal.empty()) {
    refuse("store", "must not be set together with journal");
  }
  if (!options.journal.empty()) {
    if (const std::string reason = sqlite::whyNotAFile(options.journal); !reason.empty()) {
      refuse("journal", reason);
    }
  }
  if (options.chunk == 0) {
    refuse("chunk", "must be at least 1");
  }
  if (options.concurrency == 0) {
    refuse("concurrency", "must be at least 1");
  }
  if (options.patience == 0) {
    refuse("patience", "must be at least 1");
  }
  static_cast<void>(KeyRule(options.key));  // throws
  if (options.settling_time && options.settling_time->count() < 0) {
    refuse("settling_time", "must not be negative");
  }
  if (options.clock_margin.count() < 0) {
    refuse("clock_margin", "must not be negative");
  }
}

std::shared_ptr<Journal> chosenJournal(const Client& client, std::string_view posting_id,
                                       const BulkIngestOptions& options) {
  if (options.store) {
    return options.store;
  }
  return sqliteJournal(options.journal.empty() ? defaultJournal(client.baseUrl(), posting_id)
                                               : options.journal);
}

std::shared_ptr<Journal> existingJournal(const Client& client, std::string_view posting_id,
                                         const BulkIngestOptions& options) {
  if (options.store) {
    return options.store;
  }
  const std::string file =
      options.journal.empty() ? defaultJournalFile(client.baseUrl(), posting_id) : options.journal;
  std::error_code error;
  const bool is_there = std::filesystem::exists(file, error) &&
                        !(std::filesystem::is_regular_file(file, error) &&
                          std::filesystem::file_size(file, error) == 0);  // nothing is in it yet
  return is_there ? sqliteJournal(file) : nullptr;
}

}  // namespace heymilo::workflows
