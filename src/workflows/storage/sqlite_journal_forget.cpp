// What the journal in SQLite forgets of keys whose candidates were deleted.

#include <string>
#include <string_view>
#include <vector>

#include "workflows/storage/sqlite_journal.hpp"

namespace heymilo::workflows {

using sqlite::Database;
using sqlite::Statement;

namespace {

/// An outbox in the same file keeps the interview_id of what it has delivered.
void forgetInOutbox(Database& database, const std::string& posting_id,
                    const std::vector<std::string>& interview_ids) {
  Statement there(database, "SELECT 1 FROM sqlite_master WHERE name = 'heymilo_outbox_settled'");
  const bool is_there = there.step();
  there.reset();
  if (!is_there) {
    return;
  }
  database.execute("CREATE TEMP TABLE heymilo_forgotten(id TEXT PRIMARY KEY) WITHOUT ROWID");
  {
    Statement add(database, "INSERT OR IGNORE INTO temp.heymilo_forgotten VALUES(?)");
    for (const std::string& id : interview_ids) {
      add.bind(1, std::string_view(id)).run();
    }
    Statement(database,
              "UPDATE heymilo_outbox_settled SET interview_id = '' WHERE posting_id = ? "
              "AND interview_id IN (SELECT id FROM temp.heymilo_forgotten)")
        .bind(1, std::string_view(posting_id))
        .run();
  }
  database.execute("DROP TABLE temp.heymilo_forgotten");
}

}  // namespace

std::uint64_t SqliteJournal::forget(const std::string& posting_id,
                                    const std::vector<DeletedKey>& keys) {
  std::vector<std::string> interview_ids;
  std::uint64_t forgotten = 0;
  JournalDatabase::Writing writing(*database_);
  if (!writing.same()) {
    unadoptAll();
  }
  if (const std::optional<StoredPosting> posting = members_.posting(posting_id)) {
    for (const DeletedKey& deleted : keys) {
      std::optional<StoredRecord> record = records_.find(posting->id, deleted.key);
      if (!record ||
          !record_rules::mayForget(
              *record, records_.secondReceipts(posting->id, deleted.key), deleted.interview_ids)) {
        continue;
      }
      record_rules::forget(*record);
      records_.write(posting->id, *record);
      records_.forgetSecondReceipts(posting->id, deleted.key);
      interview_ids.insert(
          interview_ids.end(), deleted.interview_ids.begin(), deleted.interview_ids.end());
      ++forgotten;
    }
  }
  if (forgotten > 0) {
    forgetInOutbox(database_->database(), posting_id, interview_ids);
    database_->overwriteTables();
  }
  writing.commit();
  if (forgotten > 0) {
    database_->overwriteLog();
  }
  return forgotten;
}

}  // namespace heymilo::workflows
