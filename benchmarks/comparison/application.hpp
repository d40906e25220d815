#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>
#include <vector>

/// The database of an application, as it has it anyway: for both versions of a story. Throws
/// std::runtime_error.
class ApplicationDatabase {
 public:
  using Row = std::vector<std::string>;

  explicit ApplicationDatabase(const char* file) {
    check(sqlite3_open(file, &database_));
    sqlite3_busy_timeout(database_, 10'000);
  }
  ~ApplicationDatabase() { sqlite3_close(database_); }
  ApplicationDatabase(const ApplicationDatabase&) = delete;
  ApplicationDatabase& operator=(const ApplicationDatabase&) = delete;

  /// Runs any number of statements.
  void script(const std::string& sql) {
    check(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr));
  }

  /// Runs one statement with these parameters. Returns its rows.
  std::vector<Row> run(const char* sql, const Row& parameters = {}) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr));
    int position = 0;
    for (const std::string& parameter : parameters) {
      sqlite3_bind_text(statement, ++position, parameter.c_str(), -1, SQLITE_TRANSIENT);
    }
    std::vector<Row> rows;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      Row& row = rows.emplace_back();
      for (int column = 0; column < sqlite3_column_count(statement); ++column) {
        const unsigned char* text = sqlite3_column_text(statement, column);
        row.emplace_back(text == nullptr ? "" : reinterpret_cast<const char*>(text));
      }
    }
    check(sqlite3_finalize(statement));
    return rows;
  }

 private:
  void check(int code) {
    if (code != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(database_));
    }
  }

  sqlite3* database_ = nullptr;
};
