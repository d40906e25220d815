#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "workflows/storage/length_watch.hpp"
#include "workflows/storage/run_file.hpp"
#include "workflows/storage/sqlite.hpp"
#include "workflows/storage/store_files.hpp"

namespace heymilo::workflows {

/// The SQLite file of a journal that several processes write, and the file beside it which says
/// what the last state was. For one thread at a time, requireInPlace() for any. Functions throw
/// StoreError.
class JournalDatabase {
  /// Keeps the other writers out, who are served sooner than by SQLite's own waiting.
  class RunFileLock {
   public:
    explicit RunFileLock(const RunFile& file);
    ~RunFileLock() { file_.unlock(); }
    RunFileLock(const RunFileLock&) = delete;
    RunFileLock& operator=(const RunFileLock&) = delete;

   private:
    const RunFile& file_;
  };

 public:
  explicit JournalDatabase(const std::string& file);

  /// Throws where one of the files is not at its place any more, and in a child of fork().
  void requireInPlace();
  /// Whether this is the process that opened it. Another one must not even close it.
  bool isOurs() const noexcept;

  /// A statement, without values; prepared once. To be used to its end, or reset, before the same
  /// one is asked for again. `sql` must live as long as the program.
  sqlite::Statement& statement(std::string_view sql);
  /// overwriteTable() of the tables that have interview_ids; of an outbox in the same file too. In
  /// the middle of a transaction.
  void overwriteTables();
  /// The same for the write-ahead log of an application's file, after the transaction. Where others
  /// are reading, SQLite does it when the last of them has closed the file.
  void overwriteLog();
  sqlite::Database& database() noexcept { return database_; }
  const std::string& file() const noexcept { return database_.file(); }
  const RunFile& runFile() const noexcept { return run_file_; }

  /// A transaction that writes. What was not committed did not happen.
  class Writing {
   public:
    explicit Writing(JournalDatabase& journal);
    ~Writing() = default;
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

    /// The file is what it was after the last transaction.
    bool same() const noexcept { return same_; }
    void commit();

   private:
    JournalDatabase& journal_;
    const RunFileLock lock_;
    sqlite::Transaction transaction_;
    std::int64_t generation_ = 0;
    bool same_ = false;
    int changes_ = 0;
  };

  /// A transaction that only reads, and sees one state of the file.
  class Reading {
   public:
    explicit Reading(JournalDatabase& journal);
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    /// As Writing's; false also where that is not certain.
    bool same() const noexcept { return same_; }

   private:
    JournalDatabase& journal_;
    bool same_ = false;
  };

 private:
  JournalDatabase& checked();
  std::int64_t generation();
  /// Whether this generation is what the run file says.
  bool isLast(std::int64_t generation, const RunFile::State& state) const;
  void makeTables();
  void watchFiles();

  const long process_;
  sqlite::Database database_;
  RunFile run_file_;
  const std::uint64_t inode_;
  std::map<std::string_view, sqlite::Statement> statements_;
  std::mutex mutex_;
  std::optional<sqlite::StoreFiles> files_;     // guarded by mutex_
  std::optional<sqlite::LengthWatch> lengths_;  // the same
};

}  // namespace heymilo::workflows
