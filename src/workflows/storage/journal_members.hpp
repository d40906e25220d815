#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/workflows/journal.hpp"
#include "workflows/storage/journal_database.hpp"

namespace heymilo::workflows {

/// A row of heymilo_posting.
struct StoredPosting {
  std::int64_t id = 0;
  JournalPosting posting{};
  bool adopted = false, ever_adopted = false;
  std::string adoption{}, searcher{};
  std::int64_t claims = 0;
  std::optional<std::int64_t> newest_shown{};
  std::optional<Timestamp> newest{};
  bool undated = false;

  /// With a new adoption, and without a searcher.
  void unadopt();
};

/// A row of heymilo_worker.
struct StoredWorker {
  std::string worker{};
  std::int64_t posting = 0;
  std::string name{};  ///< not read
  std::int64_t number = 0;
  std::chrono::milliseconds outlast{0};
  bool begun = false, gone = false;
  std::string lock_file{};
  std::int64_t lock_byte = 0;
};

/// The postings of a journal and their workers. Within a transaction.
class JournalMembers {
 public:
  explicit JournalMembers(JournalDatabase& journal) : journal_(journal) {}

  std::optional<StoredPosting> posting(std::int64_t id);
  std::optional<StoredPosting> posting(const std::string& posting_id);
  /// The one that there is; empty where there are several, or none.
  std::optional<StoredPosting> onlyPosting();
  StoredPosting add(const JournalPosting& posting);
  /// Writes all but StoredPosting::posting.
  void write(const StoredPosting& posting);
  /// Writes StoredPosting::posting.
  void writeBinding(const StoredPosting& posting);
  /// No posting is adopted any more, and all workers are gone.
  void unadoptAll();

  std::optional<StoredWorker> worker(const std::string& worker);
  /// The one with this lock_byte, unless it is gone.
  std::optional<StoredWorker> workerAt(std::int64_t lock_byte);
  /// Those of a posting that are not gone.
  std::vector<StoredWorker> workers(std::int64_t posting);
  /// Adds one, and deletes the oldest of more than a thousand that are gone.
  void add(const StoredWorker& worker);
  void writeNumber(const std::string& worker, std::int64_t number);
  void writeBegun(const std::string& worker, bool begun);
  void writeGone(const std::string& worker);
  /// All workers of the posting are gone.
  void writeAllGone(std::int64_t posting);
  /// The longest `outlast` of the posting's workers, of those that are gone too.
  std::chrono::milliseconds longestOutlast(std::int64_t posting);

 private:
  JournalDatabase& journal_;
};

}  // namespace heymilo::workflows
