#pragma once

#include <sqlite3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "workflows/outbox/outbox_contract.hpp"

namespace heymilo_test {

/// An application with a database in a file, on a connection with SQLite's own settings.
class SqliteApplication : public OutboxDatabase {
 public:
  explicit SqliteApplication(std::string file) : file_(std::move(file)) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(file_.c_str(), &opened);
    database_.reset(opened);
    require(code == SQLITE_OK);
    sqlite3_busy_timeout(opened, 10'000);
    run("PRAGMA secure_delete=OFF");  // as everywhere but in some distributions
  }

  std::shared_ptr<heymilo::workflows::Outbox> open() override {
    return heymilo::workflows::sqliteOutbox(file_);
  }
  void begin() override { run("BEGIN"); }
  void commit() override { run("COMMIT"); }
  void rollback() override { run("ROLLBACK"); }
  bool waitsAgain() const override { return true; }
  using OutboxDatabase::enqueue;
  void enqueue(const std::string& posting, const std::string& key,
               const std::string& request) override {
    run("INSERT INTO heymilo_outbox(posting_id, key, request) VALUES(?, ?, ?)",
        {posting, key, request});
  }
  std::string row(const std::string& posting, const std::string& key) override {
    return run(
        "SELECT state || ' ' || code || ' ' || coalesce(request, '-') FROM heymilo_outbox "
        "WHERE posting_id = ? AND key = ?",
        {posting, key});
  }

  std::string interviewOf(const std::string& posting, const std::string& key) override {
    return run("SELECT interview_id FROM heymilo_outbox WHERE posting_id = ? AND key = ?",
               {posting, key});
  }

  /// The first value of the first row. Throws std::runtime_error.
  std::string run(const std::string& sql, const std::vector<std::string>& values = {}) {
    sqlite3_stmt* prepared = nullptr;
    require(sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &prepared, nullptr) == SQLITE_OK);
    const std::unique_ptr<sqlite3_stmt, Finalize> statement(prepared);
    int parameter = 0;
    for (const std::string& value : values) {
      sqlite3_bind_text(prepared, ++parameter, value.c_str(), -1, SQLITE_TRANSIENT);
    }
    const int code = sqlite3_step(prepared);
    require(code == SQLITE_ROW || code == SQLITE_DONE);
    const unsigned char* text = code == SQLITE_ROW ? sqlite3_column_text(prepared, 0) : nullptr;
    return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
  }

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  void require(bool good) const {
    if (!good) {
      throw std::runtime_error(sqlite3_errmsg(database_.get()));
    }
  }

  const std::string file_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace heymilo_test
