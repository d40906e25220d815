#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/models/timestamp.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/storage/store_files.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// RAII for the part of SQLite that the workflows use. Every failure throws StoreError, which names
/// the file and SQLite's reason and never a value.
namespace heymilo::workflows::sqlite {

class Database;

/// The failure of a statement because another program has locked the file, which ends with that
/// program's transaction.
class Locked : public StoreError {
 public:
  using StoreError::StoreError;
};

/// Why SQLite would not store a database of this name in a regular file on disk: the name is empty,
/// stands for an in-memory database, a URL or a connection string of libpq, or is a directory, a
/// device or a pipe. Empty if the name is usable, whether or not the file exists.
std::string whyNotAFile(const std::string& name);

/// The name, or other words for one that may have a password in it: a URL, a connection string.
std::string nameForMessages(const std::string& name);

/// A prepared statement. Indices are SQLite's: parameters from 1, columns from 0. Not thread-safe;
/// must not outlive its Database.
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

  /// Moves to the next row; false at the end, after which the statement can be bound again.
  bool step();
  /// Runs a statement without rows.
  void run();
  /// Resets a statement before its last row.
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
  /// Opens or creates the file, readable by its owner only; refuses names for which whyNotAFile()
  /// is not empty. While another process writes, a statement waits for up to `patience`.
  explicit Database(const std::string& file,
                    std::chrono::milliseconds patience = std::chrono::seconds{10});

  /// An empty database in a private temporary file, which is gone with the object. `what` names it
  /// in messages. Its pages are written when the cache is full.
  static Database temporary(const std::string& what);

  /// An existing file, for reading. `quiet`: no other program has it open, so that SQLite takes no
  /// lock and makes no file next to it; whoever asks for this has to make sure that nobody writes.
  static Database forReading(const std::string& file, bool quiet);

  /// Runs one or several statements without parameters.
  void execute(const std::string& sql);
  /// The number of rows that the last INSERT, UPDATE or DELETE changed.
  std::int64_t changes() const;
  /// Whether the last failure was because another process or run has locked the database.
  bool isLocked() const;
  const std::string& file() const noexcept { return file_; }
  /// The absolute path, with links resolved.
  std::string path() const;

  /// Makes requireInPlace() check the file and SQLite's files next to it from now on; to be called
  /// after a write. `alone`: no other process may write the file.
  void rememberFiles(bool alone);
  /// Throws StoreError if one of these files was deleted, moved, replaced or truncated: further
  /// writes would be lost.
  void requireInPlace();
  /// The check that a Transaction does first: a truncated file must not be written again with
  /// holes.
  void requireLength();
  void noteLength();
  /// Writes the whole database to a new file, readable by its owner only.
  void copyTo(const std::string& file);

  /// The StoreError of the latest failure; `what`: the attempted action.
  [[noreturn]] void fail(const char* what) const;
  sqlite3* get() const noexcept { return database_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  Database() = default;

  std::string file_;
  std::unique_ptr<sqlite3, Close> database_;
  std::optional<StoreFiles> files_;
};

/// All or nothing: the writes after the constructor are rolled back unless commit() is reached.
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

/// A lock that makes this run the only one on a file, for the lifetime of the object. The operating
/// system releases it with the process, however that ends. The lock is on `<file>-lock`: readers of
/// the file itself are not blocked. Throws StoreError if another run has it.
class RunLock {
 public:
  /// `passing`: the lock file is deleted with the lock. Then two runs may both get a lock, if one
  /// starts while the other ends: the file itself must exclude them.
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
