#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/process_id.hpp"
#include "heymilo/workflows/outbox.hpp"
#include "heymilo/workflows/sqlite_journal.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/storage/journal_schema.hpp"
#include "workflows/storage/outbox_schema.hpp"
#include "workflows/storage/overwrite.hpp"
#include "workflows/storage/sqlite.hpp"
#include "workflows/storage/store_files.hpp"

namespace heymilo::workflows {

namespace {

using sqlite::Database;
using sqlite::Statement;

constexpr const char* kNow = "CAST(strftime('%s', 'now') AS INTEGER)";
constexpr std::chrono::seconds kOutboxPatience{10};

constexpr std::int64_t kFew = 1'000;  // rows

bool hasMore(Database& database, const char* table, std::int64_t rows) {
  Statement next(database, std::string("SELECT 1 FROM ") + table + " LIMIT 1 OFFSET ?");
  return next.bind(1, rows).step();
}

bool isEmpty(Database& database, const char* table) {
  return !Statement(database, std::string("SELECT 1 FROM ") + table).step();
}

/// Makes the tables of both. In a file that is new, the journal comes first, as for any journal; in
/// the application's own, the outbox, which is how a journal knows it is wanted there.
void makeTables(Database& database) {
  const bool empty = isEmpty(database, "sqlite_master");
  if (empty) {
    journal_schema::requireNothingLost(database);
    static_cast<void>(sqliteJournal(database.file()));
  }
  outbox_schema::prepare(database);
  if (!empty) {
    static_cast<void>(sqliteJournal(database.file()));
  }
  database.execute("PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY");
}

std::string absolute(const std::string& file) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(file, error);
  return error ? file : path.string();
}

/// The file, and its write-ahead log where it has one: these stay as long as it is open.
sqlite::StoreFiles filesOf(Database& database) {
  Statement mode(database, "PRAGMA journal_mode");
  const bool log = mode.step() && mode.text(0) == "wal";
  mode.reset();
  std::vector<std::string> files{absolute(database.file())};
  if (log) {
    files.push_back(database.path() + "-wal");
    files.push_back(database.path() + "-shm");
  }
  return {std::move(files), false};
}

class SqliteOutbox final : public Outbox {
 public:
  explicit SqliteOutbox(const std::string& file)
      : process_(processId()),
        owned_(std::make_unique<Database>(file, kOutboxPatience)),
        database_(*owned_),
        files_({absolute(file)}, false) {
    try {
      prepare();
    } catch (const sqlite::Locked&) {
      // The next operation tries it again.
    }
  }
  ~SqliteOutbox() override {
    if (process_ != processId()) {
      // What SQLite would do in closing it is for the parent alone.
      static_cast<void>(owned_.release());
    }
  }
  SqliteOutbox(const SqliteOutbox&) = delete;
  SqliteOutbox& operator=(const SqliteOutbox&) = delete;

  std::shared_ptr<Journal> journal() override {
    requireInPlace();
    return sqliteJournal(database_.file());
  }

  std::vector<OutboxPosting> pending() override {
    const std::lock_guard lock(mutex_);
    require();
    overwriteLog();
    Statement select(
        database_,
        std::string("SELECT o.posting_id, count(*), max(0, ") + kNow +
            " - min(o.enqueued_at)), max(o.id), coalesce(max(p.key_name), '') "
            "FROM heymilo_outbox_pending o LEFT JOIN heymilo_posting p USING(posting_id) "
            "GROUP BY o.posting_id ORDER BY min(o.id)");
    std::vector<OutboxPosting> postings;
    while (select.step()) {
      OutboxPosting& posting = postings.emplace_back();
      posting.posting_id = select.text(0);
      posting.rows = static_cast<std::uint64_t>(select.integer(1));
      posting.oldest = std::chrono::seconds{select.integer(2)};
      posting.newest = select.integer(3);
      posting.key_name = select.text(4);
    }
    return postings;
  }

  std::vector<OutboxRow> pending(const std::string& posting_id, std::int64_t after,
                                 std::size_t most) override {
    const std::lock_guard lock(mutex_);
    require();
    Statement select(database_,
                     "SELECT id, key, request FROM heymilo_outbox_pending "
                     "WHERE posting_id = ? AND id > ? ORDER BY id LIMIT ?");
    select.bind(1, posting_id).bind(2, after).bind(3, static_cast<std::int64_t>(most));
    std::vector<OutboxRow> rows;
    while (select.step()) {
      OutboxRow& row = rows.emplace_back();
      row.id = select.integer(0);
      row.key = select.text(1);
      row.request = select.isNull(2) ? std::string() : select.text(2);
    }
    return rows;
  }

  void settle(const std::vector<OutboxOutcome>& outcomes) override {
    const std::lock_guard lock(mutex_);
    require();
    sqlite::Transaction transaction(database_);
    for (const OutboxOutcome& outcome : outcomes) {
      settle(outcome);
    }
    eraseRest();
    transaction.commit();
    log_is_clean_ = false;
    overwriteLog();
  }

  std::uint64_t expire(std::chrono::seconds age) override {
    const std::lock_guard lock(mutex_);
    require();
    const std::string old =
        std::string(" FROM heymilo_outbox_rejected WHERE rejected_at <= ") + kNow + " - ?";
    const auto older = static_cast<std::int64_t>(age.count());
    if (!Statement(database_, "SELECT 1" + old).bind(1, older).step()) {
      return 0;
    }
    sqlite::Transaction transaction(database_);
    Statement(database_, "DELETE" + old).bind(1, older).run();
    const auto erased = static_cast<std::uint64_t>(database_.changes());
    eraseRest();
    transaction.commit();
    log_is_clean_ = false;
    overwriteLog();
    return erased;
  }

  void requireInPlace() override {
    const std::lock_guard lock(mutex_);
    requireFiles();
    if (unusable_) {
      std::rethrow_exception(unusable_);
    }
  }

 private:
  void require() {
    requireFiles();
    prepare();
  }

  void requireFiles() {
    if (process_ != processId()) {
      throw StoreError(database_.file() + " was opened before fork(): a child has to open it anew");
    }
    files_.require();
  }

  /// Makes what is missing, once. Throws sqlite::Locked where that has to be tried again.
  void prepare() {
    if (prepared_) {
      return;
    }
    try {
      makeTables(database_);
      files_ = filesOf(database_);
      prepared_ = true;
      unusable_ = nullptr;
    } catch (const sqlite::Locked&) {
      throw;
    } catch (const StoreError&) {
      unusable_ = std::current_exception();
      throw;
    }
  }

  /// Whether the key of a row that waits has been delivered before.
  bool isDelivered(std::int64_t id) {
    return Statement(database_,
                     "SELECT 1 FROM heymilo_outbox_settled WHERE state <> 'rejected' AND "
                     "(posting_id, key) = (SELECT posting_id, key FROM heymilo_outbox_pending "
                     "WHERE id = ?)")
        .bind(1, id)
        .step();
  }

  void settle(const OutboxOutcome& outcome) {
    // A request that can't be used does not undo a delivery: it is other content.
    const OutboxState state = isDelivered(outcome.id) && outcome.state == OutboxState::rejected
                                  ? OutboxState::changed
                                  : outcome.state;
    Statement(database_,
              "DELETE FROM heymilo_outbox_rejected WHERE (posting_id, key) = "
              "(SELECT posting_id, key FROM heymilo_outbox_pending WHERE id = ?)")
        .bind(1, outcome.id)
        .run();
    if (state == OutboxState::rejected) {
      const APIErrorDetail error = outcome.error.value_or(APIErrorDetail{});
      Statement(database_,
                std::string("INSERT INTO heymilo_outbox_rejected SELECT posting_id, key, request, "
                            "?2, ?3, ") +
                    kNow + " FROM heymilo_outbox_pending WHERE id = ?1")
          .bind(1, outcome.id)
          .bind(2, std::string_view(error.message))
          .bind(3, error.param)
          .run();
    }
    Statement(database_,
              std::string("INSERT OR REPLACE INTO heymilo_outbox_settled SELECT p.posting_id, "
                          "p.key, ?2, coalesce(nullif(?3, ''), s.interview_id, ''), ?4, ") +
                  kNow +
                  " FROM heymilo_outbox_pending p LEFT JOIN heymilo_outbox_settled s "
                  "USING(posting_id, key) WHERE p.id = ?1")
        .bind(1, outcome.id)
        .bind(2, toString(state))
        .bind(3, std::string_view(outcome.interview_id))
        .bind(4, std::string_view(outcome.error ? outcome.error->code : std::string()))
        .run();
    replaceByCorrection(outcome.id);
  }

  /// Erases a row that has waited. Its newest correction, if it is another request, waits then.
  void replaceByCorrection(std::int64_t id) {
    Statement find(database_,
                   "SELECT c.id, c.request IS NOT p.request, p.posting_id, p.key "
                   "FROM heymilo_outbox_pending p LEFT JOIN heymilo_outbox_correction c "
                   "USING(posting_id, key) WHERE p.id = ? ORDER BY c.id DESC LIMIT 1");
    if (!find.bind(1, id).step()) {
      return;
    }
    const bool corrected = !find.isNull(0);
    const std::int64_t correction = find.integer(0);
    const bool differs = find.integer(1) != 0;
    const std::string posting_id = find.text(2);
    const std::string key = find.text(3);
    find.reset();
    Statement(database_, "DELETE FROM heymilo_outbox_pending WHERE id = ?").bind(1, id).run();
    if (!corrected) {
      return;
    }
    if (differs) {
      Statement(database_,
                "INSERT INTO heymilo_outbox_pending(posting_id, key, request, enqueued_at) "
                "SELECT posting_id, key, request, enqueued_at FROM heymilo_outbox_correction "
                "WHERE id = ?")
          .bind(1, correction)
          .run();
    }
    Statement(database_, "DELETE FROM heymilo_outbox_correction WHERE (posting_id, key) = (?, ?)")
        .bind(1, std::string_view(posting_id))
        .bind(2, std::string_view(key))
        .run();
  }

  /// Copies that are left of rows, where SQLite has moved them between pages, are overwritten too:
  /// as soon as few rows are left, which takes milliseconds then.
  void eraseRest() {
    for (const char* table :
         {"heymilo_outbox_pending", "heymilo_outbox_correction", "heymilo_outbox_rejected"}) {
      if (!hasMore(database_, table, kFew)) {
        sqlite::overwriteTable(database_, table);
      }
    }
  }

  /// A write-ahead log has pages as they were before. It is emptied when nobody is reading it;
  /// otherwise later.
  void overwriteLog() {
    if (log_is_clean_) {
      return;
    }
    database_.execute("PRAGMA busy_timeout=50");
    try {
      Statement checkpoint(database_, "PRAGMA wal_checkpoint(TRUNCATE)");
      log_is_clean_ = !checkpoint.step() || checkpoint.integer(0) == 0;
      checkpoint.reset();
    } catch (const StoreError&) {
      // Later.
    }
    database_.execute("PRAGMA busy_timeout=" +
                      std::to_string(std::chrono::milliseconds(kOutboxPatience).count()));
  }

  const long process_;
  std::mutex mutex_;
  std::unique_ptr<Database> owned_;
  Database& database_;
  sqlite::StoreFiles files_;
  bool prepared_ = false;
  std::exception_ptr unusable_;  // why it can't be prepared, now or later
  bool log_is_clean_ = false;
};

}  // namespace

std::shared_ptr<Outbox> sqliteOutbox(const std::string& file) {
  return std::make_shared<SqliteOutbox>(file);
}

}  // namespace heymilo::workflows
