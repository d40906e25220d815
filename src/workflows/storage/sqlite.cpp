#include "workflows/storage/sqlite.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>
#endif

#include "base/ascii.hpp"
#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

namespace sqlite {

namespace {

/// Whether SQLite could not open the file by its name: it was deleted, or a link such as
/// /proc/self/fd/9, whose text SQLite uses, leads to a file that has been renamed.
bool isNameless(const std::string& name) {
  std::error_code error;
  if (std::filesystem::hard_link_count(name, error) == 0 && !error) {
    return true;
  }
  const std::filesystem::path path = std::filesystem::canonical(name, error);
  return error || !std::filesystem::equivalent(name, path, error) || error;
}

/// `postgresql://…`; some schemes are recognized without the slashes too.
bool isUrl(const std::string& name) {
  const std::size_t colon = name.find(':');
  for (const std::string_view scheme : {"file:", "postgresql:", "postgres:"}) {
    if (ascii::equalIgnoringCase(std::string_view(name).substr(0, scheme.size()), scheme)) {
      return true;
    }
  }
  return colon != std::string::npos && colon > 1 && name.compare(colon, 3, "://") == 0 &&
         std::all_of(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
           return ascii::isLetter(c) || ascii::isDigit(c) || c == '+' || c == '-' || c == '.';
         });
}

/// `host=db dbname=app`: how libpq also takes a connection, with spaces around the `=` too. As a
/// file's name it would show the password to everybody who can list the directory.
bool isConnectionString(std::string_view name) {
  constexpr std::string_view kSpaces = " \t\r\n";
  for (const std::string_view keyword :
       {"host", "hostaddr", "port", "dbname", "user", "password", "passfile", "service"}) {
    for (std::size_t at = name.find(keyword); at != std::string_view::npos;
         at = name.find(keyword, at + 1)) {
      const std::size_t after = name.find_first_not_of(kSpaces, at + keyword.size());
      if ((at == 0 || kSpaces.find(name[at - 1]) != std::string_view::npos) &&
          after != std::string_view::npos && name[after] == '=') {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::string whyNotAFile(const std::string& name) {
  if (name.empty()) {
    return "must not be empty: use a file name";
  }
  if (name.find('\0') != std::string::npos) {
    return "must not contain a NUL byte";
  }
  if (name.front() == ':') {
    return "must be a file: SQLite keeps a name that begins with a colon in memory only. For a "
           "file of "
           "this name use ./" +
           name;
  }
  if (isUrl(name)) {
    return "must be a file, not a URL. For a file of this name put ./ before it";
  }
  if (isConnectionString(name)) {
    return "must be a file, not a connection string of PostgreSQL, whose stores take a URL: "
           "postgresql://user@host/database. For a file of this name put ./ before it";
  }
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(name, error);
  if (std::filesystem::is_directory(status)) {
    return "must be a file: this is a directory";
  }
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return "must be a regular file: a device, a pipe or a socket stores nothing";
  }
  if (std::filesystem::exists(status) && isNameless(name)) {
    return "must be an existing file: this one has been deleted or renamed, "
           "and a later run would not find it";
  }
  return {};
}

std::string nameForMessages(const std::string& name) {
  if (name.empty()) {
    return "a database without a name";
  }
  return isUrl(name) || isConnectionString(name) ? "the database" : name;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Statement::Statement(Database& database, std::string_view sql) : database_(&database) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v2(
      database.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  if (result != SQLITE_OK) {
    database.fail("prepare a statement for");
  }
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  if (sqlite3_bind_int64(statement_.get(), parameter, value) != SQLITE_OK) {
    database_->fail("bind a value for");
  }
  return *this;
}

Statement& Statement::bind(int parameter, double value) {
  if (sqlite3_bind_double(statement_.get(), parameter, value) != SQLITE_OK) {
    database_->fail("bind a value for");
  }
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view value) {
  // A null pointer would bind NULL; an empty string_view may have one.
  const char* text = value.empty() ? "" : value.data();
  if (sqlite3_bind_text64(statement_.get(),
                          parameter,
                          text,
                          value.size(),
                          SQLITE_TRANSIENT,  // NOLINT: SQLite's own cast
                          SQLITE_UTF8) != SQLITE_OK) {
    database_->fail("bind a value for");
  }
  return *this;
}

Statement& Statement::bind(int parameter, Timestamp value) {
  return bind(parameter, std::int64_t{value.time_since_epoch().count()});
}

Statement& Statement::bindNull(int parameter) {
  if (sqlite3_bind_null(statement_.get(), parameter) != SQLITE_OK) {
    database_->fail("bind a value for");
  }
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) {
    return true;
  }
  if (result != SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    database_->fail("use");
  }
  sqlite3_reset(statement_.get());
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

bool Statement::isNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string Statement::text(int column) const {
  const void* text = sqlite3_column_text(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return text == nullptr ? std::string() : std::string(static_cast<const char*>(text), size);
}

Timestamp Statement::timestamp(int column) const {
  return Timestamp(std::chrono::microseconds(integer(column)));
}

namespace {

bool isBusy(int code) { return (code & 0xff) == SQLITE_BUSY; }

StoreError inUse(const std::string& file) {
  return StoreError(
      "another run is using " + file +
      ": wait until it has ended; one that follows a posting runs until it is stopped");
}

/// SQLite's own messages are too terse for the most common failures.
std::string reasonOf(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "the disk or the user's disk quota is full";
    case SQLITE_IOERR:
      return std::string(sqlite3_errstr(code)) + " (a full disk, a limit or a failing device)";
    case SQLITE_CORRUPT:
      return std::string(sqlite3_errstr(code)) +
             " (it was truncated or overwritten: restore it, or use another file)";
    case SQLITE_READONLY:
      return "the file or its directory is not writable";
    default:
      return sqlite3_errstr(code);
  }
}

/// Stored data is personal, or leads to personal data.
void makePrivately(const std::string& file) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) {
    return;  // not opened: closing it would release the process's own locks
  }
  // If this fails, opening the file reports the reason.
#ifdef _WIN32
  const std::ofstream made(file);
#else
  // Never readable by others, not even briefly; SQLite gives -wal and -shm the same mode.
  const int made = ::open(file.c_str(), O_CREAT | O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
  if (made >= 0) {
    ::close(made);
  }
#endif
}

}  // namespace

void Database::Close::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }

Database::Database(const std::string& file, std::chrono::milliseconds patience) : file_(file) {
  if (const std::string reason = whyNotAFile(file); !reason.empty()) {
    throw StoreError("can't use " + nameForMessages(file) + ": it " + reason);
  }
  makePrivately(file);
  sqlite3* database = nullptr;
  const int result =
      sqlite3_open_v2(file.c_str(),
                      &database,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                      nullptr);
  database_.reset(database);
  if (result != SQLITE_OK) {
    fail("open");
  }
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, static_cast<int>(patience.count()));
}

Database Database::temporary(const std::string& what) {
  Database temporary;
  temporary.file_ = what;
  sqlite3* database = nullptr;
  // SQLite deletes a file without a name.
  const int result = sqlite3_open_v2(
      "", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  temporary.database_.reset(database);
  if (result != SQLITE_OK) {
    temporary.fail("open");
  }
  sqlite3_extended_result_codes(database, 1);
  temporary.execute(
      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384");
  return temporary;
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the database
void Database::execute(const std::string& sql) {
  if (sqlite3_exec(get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail("use");
  }
}

std::string Database::path() const {
  const char* name = sqlite3_db_filename(get(), "main");
  return name != nullptr && *name != '\0' ? name : file_;
}

void Database::rememberFiles(bool alone) {
  std::error_code error;
  const std::filesystem::path given = std::filesystem::absolute(file_, error);
  const std::string path = this->path();
  std::vector<std::string> files{error ? file_ : given.string()};
  for (const char* ending : {"-journal", "-wal", "-shm"}) {
    files.push_back(path + ending);
  }
  files_.emplace(std::move(files), alone);
}

void Database::requireInPlace() {
  if (files_) {
    files_->require();
  }
}

void Database::requireLength() {
  if (files_) {
    files_->requireLength();
  }
}

void Database::noteLength() {
  if (files_) {
    files_->noteLength();
  }
}

void Database::copyTo(const std::string& file) {
  makePrivately(file);
  Statement(*this, "VACUUM INTO ?").bind(1, std::string_view(file)).run();
}

std::int64_t Database::changes() const { return sqlite3_changes(get()); }

bool Database::isLocked() const { return isBusy(sqlite3_extended_errcode(get())); }

void Database::fail(const char* what) const {
  // sqlite3_errmsg() may quote a value; sqlite3_errstr() never does.
  const int code = get() != nullptr ? sqlite3_extended_errcode(get()) : SQLITE_NOMEM;
  if (isBusy(code)) {
    throw Locked("another program has " + file_ +
                 " locked (such as a backup or a database tool): close it and run again");
  }
  const std::filesystem::path folder = std::filesystem::path(file_).parent_path();
  std::error_code error;
  const bool is_lost = (code & 0xff) == SQLITE_CANTOPEN && !folder.empty() &&
                       !std::filesystem::exists(folder, error);
  throw StoreError(std::string("can't ") + what + ' ' + file_ + ": " +
                   (is_lost ? "there is no directory " + folder.string() : reasonOf(code)));
}

Transaction::Transaction(Database& database) : database_(database) {
  database.requireLength();
  // Locked for writing at once: two transactions that begin as readers can't both become writers.
  database.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (open_) {
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  database_.noteLength();
  open_ = false;
}

RunLock::RunLock(const std::string& file, bool passing)
    : lock_(file + "-lock", std::chrono::milliseconds{0}), passing_(passing) {
  try {
    lock_.execute("PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE");
  } catch (const StoreError&) {
    if (isBusy(sqlite3_extended_errcode(lock_.get()))) {
      throw inUse(file);
    }
    throw;
  }
  lock_.rememberFiles(false);
}

RunLock::~RunLock() {
  if (passing_) {
    std::error_code ignored;
    std::filesystem::remove(lock_.path(), ignored);
  }
}

}  // namespace sqlite
}  // namespace heymilo::workflows
