#include <sqlite3.h>

#include <filesystem>
#include <system_error>

#include "base/percent.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows::sqlite {

namespace {

constexpr int kReadingPatience = 10'000;  // milliseconds

/// The file as a URI of SQLite, which has a parameter for it.
std::string immutableUri(const std::string& file) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(file, error);
  return "file:" + percentEncode(error ? file : path.string()) + "?immutable=1";
}

}  // namespace

Database Database::forReading(const std::string& file, bool quiet) {
  if (const std::string reason = whyNotAFile(file); !reason.empty()) {
    throw StoreError("can't read " + nameForMessages(file) + ": it " + reason);
  }
  Database database;
  database.file_ = file;
  sqlite3* opened = nullptr;
  const std::string name = quiet ? immutableUri(file) : file;
  const int result =
      sqlite3_open_v2(name.c_str(),
                      &opened,
                      SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | (quiet ? SQLITE_OPEN_URI : 0),
                      nullptr);
  database.database_.reset(opened);
  if (result != SQLITE_OK) {
    database.fail("open");
  }
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, kReadingPatience);
  return database;
}

}  // namespace heymilo::workflows::sqlite
