#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/workflows/journal.hpp"
#include "workflows/storage/journal_database.hpp"
#include "workflows/storage/journal_members.hpp"
#include "workflows/storage/journal_records.hpp"
#include "workflows/storage/presence.hpp"

namespace heymilo::workflows {

/// Journal in an SQLite file.
class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(const std::string& file);
  /// Drops the locks of its workers, which are dead then. In a child of fork() it closes nothing.
  ~SqliteJournal() override;
  SqliteJournal(const SqliteJournal&) = delete;
  SqliteJournal& operator=(const SqliteJournal&) = delete;

  JournalJoined join(const JournalJoin& join) override;
  JournalView beat(const JournalBeat& beat) override;
  JournalClaimed claim(const JournalClaim& claim) override;
  JournalSettled settle(const JournalSettle& settle) override;
  JournalDoubts search(const JournalSearch& search) override;
  JournalRecognised recognise(const JournalShown& shown) override;
  JournalOutcome release(const JournalRelease& release) override;
  JournalOutcome leave(const JournalStamp& stamp) override;
  std::optional<JournalStanding> standing(const std::string& posting_id) override;
  std::vector<JournalRow> rows(const std::string& posting_id, const std::string& after,
                               std::size_t most) override;
  std::uint64_t forget(const std::string& posting_id, const std::vector<DeletedKey>& keys) override;
  void requireInPlace() override { database_->requireInPlace(); }

 private:
  /// Of a worker that has joined by this object.
  struct Own {
    std::int64_t lock = 0;
    /// The last operation whose number its row has, and the last one after that which has written
    /// nothing.
    long long written = 0, unwritten = 0;
  };
  /// An operation of a worker that writes.
  class Operation;

  /// The number that a worker's row has at least, as it has had this response.
  long long least(const JournalStamp& stamp) const;
  bool isStale(const JournalStamp& stamp, const StoredWorker& worker) const;
  /// The response to a claim, where nothing changes and nobody has to know that the worker lives:
  /// then nothing is written.
  std::optional<JournalClaimed> askOnly(const JournalClaim& claim);
  std::optional<bool> lives(const StoredWorker& worker) const;
  /// See JournalDoubts::alone: everybody in the directory is a worker that has joined this journal,
  /// as it is now, and can't have sent anybody to the posting yet.
  bool alone(const StoredPosting& posting);
  /// The posting has no keys, and no workers but dead ones.
  bool isUnused(const StoredPosting& posting);
  /// A posting that isUnused() is for something else from now on.
  void bindAnew(StoredPosting& posting, const JournalPosting& purpose);
  /// The posting has been bound anew since this object has joined.
  bool isOther(const StoredPosting& posting) const;
  void bury(StoredPosting& posting, const std::string& worker);
  /// The file may be an older copy: nothing in it is adopted any more, and nobody goes on.
  void unadoptAll();
  /// The same for one posting, as one of its workers has found out.
  void unadopt(StoredPosting& posting);
  StoredRecord found(const StoredPosting& posting, const std::string& key);
  /// The receipt of a record, and whether it is a second one.
  bool keep(const StoredPosting& posting, const StoredRecord& record, bool second,
            const std::string& interview_id);

  std::unique_ptr<JournalDatabase> database_;
  Presence presence_;
  JournalMembers members_;
  JournalRecords records_;
  std::map<std::string, Own> own_;
  std::optional<JournalPosting> joined_;  // the last one
};

/// Begins with the checks of Journal; commit() writes the posting's row and, where the outcome is
/// good, the worker's number.
class SqliteJournal::Operation {
 public:
  Operation(SqliteJournal& journal, const JournalStamp& stamp);

  JournalOutcome outcome() const noexcept { return outcome_; }
  bool good() const noexcept { return outcome_ == JournalOutcome::good; }
  StoredPosting& posting() noexcept { return posting_; }
  void commit();

 private:
  JournalOutcome check();

  SqliteJournal& journal_;
  const JournalStamp& stamp_;
  JournalDatabase::Writing writing_;
  StoredPosting posting_;
  JournalOutcome outcome_;
};

}  // namespace heymilo::workflows
