#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/workflows/journal.hpp"
#include "workflows/storage/journal_database.hpp"
#include "workflows/storage/record_rules.hpp"

namespace heymilo::workflows {

/// The rows of heymilo_record. Within a transaction.
class JournalRecords {
 public:
  explicit JournalRecords(JournalDatabase& journal) : journal_(journal) {}

  std::optional<StoredRecord> find(std::int64_t posting, const std::string& key);
  /// Adds it, or writes it where it has an id.
  void write(std::int64_t posting, const StoredRecord& record);
  void keepSecondReceipt(std::int64_t posting, const std::string& key,
                         const std::string& interview_id);
  std::vector<std::string> secondReceipts(std::int64_t posting, const std::string& key);
  void forgetSecondReceipts(std::int64_t posting, const std::string& key);
  /// What this worker has in flight becomes `in_doubt`.
  void bury(std::int64_t posting, const std::string& worker);
  /// What any worker has in flight; of this posting, or of all.
  void buryAll(std::int64_t posting);
  void buryAll();

  JournalCounts counts(std::int64_t posting);
  bool any(std::int64_t posting);
  std::vector<KeyInDoubt> doubts(std::int64_t posting);
  /// Their number, and JournalDoubts::queued_since.
  void queued(std::int64_t posting, JournalDoubts& doubts);
  std::optional<std::int64_t> oldestQueued(std::int64_t posting);
  std::vector<JournalRow> rows(std::int64_t posting, const std::string& after, std::size_t most);

 private:
  JournalDatabase& journal_;
};

/// A time, or an integer, that may be NULL.
std::optional<Timestamp> timeIn(const sqlite::Statement& row, int column);
std::optional<std::int64_t> integerIn(const sqlite::Statement& row, int column);

}  // namespace heymilo::workflows
