#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>

namespace heymilo_test {

/// As another program uses SQLite.
class OtherProgram {
 public:
  explicit OtherProgram(const std::string& file) {
    sqlite3_open(file.c_str(), &database_);
    sqlite3_busy_timeout(database_, 2000);
  }
  ~OtherProgram() { sqlite3_close(database_); }
  OtherProgram(const OtherProgram&) = delete;
  OtherProgram& operator=(const OtherProgram&) = delete;

  void execute(const std::string& sql) {
    char* problem = nullptr;
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &problem) != SQLITE_OK) {
      const std::string text = problem != nullptr ? problem : "SQLite failed";
      sqlite3_free(problem);
      throw std::runtime_error(text + ": " + sql);
    }
  }

 private:
  sqlite3* database_ = nullptr;
};

}  // namespace heymilo_test
