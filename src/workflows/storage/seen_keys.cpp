#include "workflows/storage/seen_keys.hpp"

#include <sqlite3.h>

#include <cstdint>

#include "base/sha256.hpp"
#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

class SeenKeys::Table {
 public:
  Table() {
    // An empty name: a private file, which SQLite deletes. Its pages are written when the cache is
    // full.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2("", &database_, flags, nullptr) != SQLITE_OK ||
        sqlite3_exec(database_,
                     "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                     "PRAGMA cache_size = -16384;"
                     "CREATE TABLE seen(key BLOB PRIMARY KEY) WITHOUT ROWID; BEGIN",
                     nullptr,
                     nullptr,
                     nullptr) != SQLITE_OK ||
        sqlite3_prepare_v2(
            database_, "INSERT OR IGNORE INTO seen VALUES(?)", -1, &insert_, nullptr) !=
            SQLITE_OK) {
      const StoreError error = failure();
      close();
      throw StoreError(error);
    }
  }
  ~Table() { close(); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  bool add(const std::uint8_t* digest, int size) {
    sqlite3_bind_blob(insert_, 1, digest, size, SQLITE_STATIC);
    const int result = sqlite3_step(insert_);
    sqlite3_reset(insert_);
    if (result != SQLITE_DONE) {
      throw failure();
    }
    return sqlite3_changes(database_) != 0;
  }

 private:
  StoreError failure() const {
    return StoreError(std::string("the temporary file for the keys of the source can't be used: ") +
                      sqlite3_errmsg(database_));
  }
  void close() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

SeenKeys::SeenKeys() : table_(std::make_unique<Table>()) {}
SeenKeys::~SeenKeys() = default;

bool SeenKeys::add(const std::string& key) {
  constexpr int kBytes = 16;  // 128 bits: no two keys have the same
  return table_->add(sha256(key).data(), kBytes);
}

}  // namespace heymilo::workflows
