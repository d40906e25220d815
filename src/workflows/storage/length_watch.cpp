#include "workflows/storage/length_watch.hpp"

#include <sqlite3.h>

#include <chrono>
#include <cstdint>

#ifdef _WIN32
#include <filesystem>
#include <system_error>
#else
#include <sys/stat.h>
#endif

#include "heymilo/workflows/store_error.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows::sqlite {

namespace {

// While others write, what they have done can't be seen.
constexpr std::chrono::seconds kWatchPatience{2};

struct Extent {
  std::int64_t length = 0;
  std::int64_t blocks = 0;  // that it takes of the disk; 0 where that is not known
};

/// All 0 where it does not exist.
Extent extentOf(const std::string& file) {
#ifdef _WIN32
  std::error_code error;
  const std::uintmax_t length = std::filesystem::file_size(file, error);
  return {error ? 0 : static_cast<std::int64_t>(length), 0};
#else
  struct stat about {};
  if (stat(file.c_str(), &about) != 0) {
    return {};
  }
  return {std::int64_t{about.st_size}, std::int64_t{about.st_blocks}};
#endif
}

std::int64_t lengthOf(const std::string& file) { return extentOf(file).length; }

std::int64_t number(Database& database, const char* pragma) {
  Statement select(database, pragma);
  return select.step() ? select.integer(0) : 0;
}

/// The length that the database should have.
std::int64_t lengthBy(Database& database) {
  return number(database, "PRAGMA page_size") * number(database, "PRAGMA page_count");
}

/// Whether each page is what it should be. Reads all of them.
bool isWhole(Database& database) {
  Statement check(database, "PRAGMA quick_check(1)");
  return check.step() && check.text(0) == "ok";
}

/// Frames of the log, and how many of them are in the database.
struct Log {
  int frames = 0, copied = 0;
};

/// Copies what is in the log into the database, as far as nobody reads what was there before. Each
/// program may do so at any time.
Log copyLog(Database& database) {
  Log log;
  if (sqlite3_wal_checkpoint_v2(
          database.get(), "main", SQLITE_CHECKPOINT_PASSIVE, &log.frames, &log.copied) !=
      SQLITE_OK) {
    database.fail("use");
  }
  return log;
}

/// Whether SQLite's last failure says that a part of the file is missing.
bool isIncomplete(const Database& database) {
  const int code = sqlite3_extended_errcode(database.get());
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB ||
         code == SQLITE_IOERR_SHORT_READ;
}

}  // namespace

LengthWatch::LengthWatch(const std::string& database)
    : database_(database), log_(database + "-wal") {
  require();
}

void LengthWatch::require() {
  const Extent database = extentOf(database_);
  const std::int64_t log = lengthOf(log_);
  constexpr std::int64_t kBlock = 512;
  const bool fewer_blocks =
      database.blocks < database_blocks_ && database.blocks * kBlock < database.length;
  if (database.length < database_length_ || fewer_blocks || log < log_length_) {
    const bool emptied = database.length == 0 && database_length_ > 0;  // SQLite never does that
    const Finding finding = emptied ? Finding::truncated : compare(fewer_blocks);
    if (finding == Finding::truncated) {
      const bool only_log = database.length >= database_length_ && !fewer_blocks;
      throw StoreError((only_log ? log_ + " (part of " + database_ + ')' : database_) +
                       " was truncated during this run");
    }
    if (finding == Finding::not_known) {
      return;  // it is looked at again
    }
  }
  database_length_ = database.length;
  database_blocks_ = database.blocks;
  log_length_ = log;
}

LengthWatch::Finding LengthWatch::compare(bool may_have_holes) const {
  // SQLite knows of the locks that this process has by other connections.
  Database database(database_, kWatchPatience);
  try {
    Statement mode(database, "PRAGMA journal_mode");
    const bool has_log = mode.step() && mode.text(0) == "wal";
    mode.reset();
    if (has_log) {
      return may_have_holes && !isWhole(database) ? Finding::truncated : compareWithLog(database);
    }
    // Nobody writes the file meanwhile, and what a killed process has written is undone.
    database.execute("BEGIN; SELECT count(*) FROM sqlite_master");
    const bool shorter =
        lengthOf(database_) < lengthBy(database) || (may_have_holes && !isWhole(database));
    return shorter ? Finding::truncated : Finding::as_it_should_be;
  } catch (const StoreError&) {
    if (isIncomplete(database)) {
      return Finding::truncated;
    }
    if (database.isLocked()) {
      return Finding::not_known;
    }
    throw;
  }
}

LengthWatch::Finding LengthWatch::compareWithLog(Database& database) const {
  const Log before = copyLog(database);
  const std::int64_t length = lengthBy(database);
  const std::int64_t of_database = lengthOf(database_);
  const std::int64_t of_log = lengthOf(log_);
  const Log after = copyLog(database);
  if (before.frames != after.frames || before.copied != after.copied) {
    return Finding::not_known;  // somebody has written
  }
  constexpr std::int64_t kHead = 32, kHeadOfAFrame = 24;
  const bool all_copied = after.frames <= after.copied;
  const std::int64_t frame = kHeadOfAFrame + number(database, "PRAGMA page_size");
  const bool shorter =
      all_copied ? of_database < length : of_log < kHead + frame * std::int64_t{after.frames};
  return shorter ? Finding::truncated : all_copied ? Finding::as_it_should_be : Finding::not_known;
}

}  // namespace heymilo::workflows::sqlite
