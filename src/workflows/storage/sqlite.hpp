#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/models/timestamp.hpp"
#include "workflows/storage/store_files.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// The little of SQLite that the workflows use, with RAII. Everything that fails throws StoreError,
/// which names the file and SQLite's reason and never a value.
namespace heymilo::workflows::sqlite {

class Database;

/// Why a database of this name would not be a file on disk: it is empty, a name that SQLite takes
/// for one in memory or for a URL, or stands for a folder, a device or a pipe. Empty where it would
/// be one, now or when it is made.
std::string whyNotAFile(const std::string& name);

/// A prepared statement. Parameters and columns are counted as SQLite counts them: parameters from
/// 1, columns from 0. For one thread at a time, and not beyond its Database.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, double value);
  Statement& bind(int parameter, std::string_view value);
  Statement& bind(int parameter, bool value) { return bind(parameter, std::int64_t{value}); }
  Statement& bind(int parameter, Timestamp value);  ///< as microseconds
  Statement& bindNull(int parameter);
  template <typename T>
  Statement& bind(int parameter, const std::optional<T>& value) {
    return value ? bind(parameter, *value) : bindNull(parameter);
  }

  /// Moves to the next row; false when there is none, and then the statement can be bound anew.
  bool step();
  /// For a statement without rows.
  void run();
  /// Gives a statement up before its last row.
  void reset();

  bool isNull(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  Timestamp timestamp(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  /// Opens the file, or makes it, for its owner only; refuses what is whyNotAFile(). Where another
  /// process writes, a statement waits for it for `patience`.
  explicit Database(const std::string& file,
                    std::chrono::milliseconds patience = std::chrono::seconds{10});

  /// One or several statements without parameters.
  void execute(const std::string& sql);
  /// How many rows the last INSERT, UPDATE or DELETE changed.
  std::int64_t changes() const;
  /// What has failed last has failed since another program or run has the database locked.
  bool isLocked() const;
  const std::string& file() const noexcept { return file_; }
  /// With links followed, and from the root.
  std::string path() const;

  /// From now on requireInPlace() knows the file and what SQLite keeps beside it; to be called when
  /// something has been written. `alone`: nobody else may write the file.
  void rememberFiles(bool alone);
  /// Throws StoreError where one of these was deleted, moved, replaced or truncated: what is
  /// written then is lost.
  void requireInPlace();
  /// What a Transaction does, so that a file that was truncated is not written anew with holes.
  void requireLength();
  void noteLength();
  /// Writes all that the database holds to a new file, for its owner only.
  void copyTo(const std::string& file);

  /// The StoreError of what has just failed; `what` is what was tried.
  [[noreturn]] void fail(const char* what) const;
  sqlite3* get() const noexcept { return database_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  std::string file_;
  std::unique_ptr<sqlite3, Close> database_;
  std::optional<StoreFiles> files_;
};

/// All or nothing: what is written between begin and commit() is undone where commit() is not
/// reached, by an exception or by the end of the process.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

/// That a run is the only one at work on a file, for as long as this exists; the operating system
/// ends it with the process, however that ends. It is a lock on `<file>-lock`, so that readers of
/// the file itself are not in the way. Throws StoreError where another run has it.
class RunLock {
 public:
  /// `passing`: the file of the lock goes with the lock. Then two runs may get one after all, where
  /// the one comes as the other goes: the file itself must keep them apart.
  explicit RunLock(const std::string& file, bool passing = false);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  void requireInPlace() { lock_.requireInPlace(); }

 private:
  Database lock_;
  const bool passing_;
};

}  // namespace heymilo::workflows::sqlite
