#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

/// What a journal is for; one that was made for something else is refused.
struct JournalPurpose {
  std::string posting_id;
  std::string mark;  ///< the metadata key
};

/// The SQLite file of a journal: who may open it, what it is for, and that it stays where it is.
/// For one thread at a time. All functions but rescue() throw StoreError.
class JournalFile {
 public:
  /// Opens or makes the file and keeps other runs out of it. Somebody else's database stays as it
  /// is.
  JournalFile(const std::string& name, const JournalPurpose& purpose);

  sqlite::Database& database() noexcept { return database_; }
  /// Unique to this journal.
  const std::string& id() const noexcept { return id_; }
  /// The number of this run, from 1: each opening is a run.
  std::int64_t run() const noexcept { return run_; }

  /// How many records the source had when it was read to its end; empty when it never was.
  std::optional<std::uint64_t> sourceLength();
  void setSourceLength(std::uint64_t length);

  /// Throws StoreError where the name leads to another file now, or to none: what is written would
  /// be lost.
  void requireInPlace() { database_.requireInPlace(); }
  /// Writes the contents to a new file beside it, and returns that file's name. Empty where that
  /// fails. Throws nothing.
  std::string rescue();

 private:
  std::optional<sqlite::RunLock> lock_;  // released after the database is closed
  sqlite::Database database_;
  std::string id_;
  std::int64_t run_ = 0;
};

}  // namespace heymilo::workflows
