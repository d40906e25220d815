#include "heymilo/workflows/sqlite_mirror.hpp"

#include <cstddef>
#include <filesystem>
#include <type_traits>
#include <utility>
#include <variant>

#include "heymilo/errors.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/storage/candidate_columns.hpp"
#include "workflows/storage/candidate_row.hpp"
#include "workflows/storage/mirror_changes.hpp"
#include "workflows/storage/mirror_tables.hpp"
#include "workflows/storage/mirror_times.hpp"
#include "workflows/storage/mirror_windows.hpp"
#include "workflows/storage/sqlite.hpp"
#include "workflows/storage/tombstone.hpp"

namespace heymilo::workflows {

namespace {

using sqlite::Database;
using sqlite::RunLock;
using sqlite::Statement;
using sqlite::Transaction;

/// Checked before any file is created.
void refuseWhatIsNoMirror(const std::string& file) {
  if (std::error_code error; std::filesystem::exists(file, error)) {
    Database database(file);
    requireMirrorOrEmpty(database);
  }
}

double secondsNow() { return toSeconds(now()); }

/// Whom a walk would have seen, and has not: in its range by `created_at`, which without both ends
/// is everybody. `created_at`: the column's name, with a `+` where its index is not to be used.
std::string notSeen(const MirrorWalk& walk, std::string_view created_at) {
  std::string sql = "walk <> ?2";
  if (walk.created_after || walk.created_before) {
    sql.append(" AND ").append(created_at).append(" BETWEEN ?3 AND ?4");
  }
  return sql;
}

Statement& bindWalk(Statement& statement, const MirrorWalk& walk) {
  statement.bind(2, static_cast<std::int64_t>(walk.number));
  if (walk.created_after || walk.created_before) {
    statement.bind(3, firstSecond(walk.created_after)).bind(4, lastSecond(walk.created_before));
  }
  return statement;
}

void bindValue(Statement& statement, int parameter, const ColumnValue& value) {
  std::visit(
      [&](const auto& one) {
        using T = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          statement.bindNull(parameter);
        } else if constexpr (std::is_same_v<T, Timestamp>) {
          statement.bind(parameter, toSeconds(one));
        } else {
          statement.bind(parameter, one);
        }
      },
      value);
}

}  // namespace

class SqliteMirror::Impl {
 public:
  Impl(const std::string& file, std::string_view posting_id)
      : lock_(file),
        database_(openMirror(file, posting_id, columns_)),
        find_(database_,
              "SELECT document, status, current_step_id, current_step_order, gone_at, changed_at "
              "FROM candidates WHERE interview_id = ?1"),
        upsert_(database_, upsertSql(columns_)),
        keep_(database_, "UPDATE candidates SET walk = ?1, gone_at = NULL WHERE interview_id = ?2"),
        history_(database_, "INSERT INTO candidate_history VALUES(?1, ?2, ?3, ?4, ?5)"),
        buried_(database_, "SELECT 1 FROM candidate_tombstones WHERE tombstone = ?1") {
    Statement about(database_, "SELECT erasure_key FROM mirror");
    about.step();
    erasure_key_ = about.text(0);
    about.reset();
    database_.rememberFiles(false);
    requireInPlace();
  }

  MirrorState load() {
    MirrorState state;
    Statement about(database_,
                    "SELECT last_walk, watermark, walk_cursor, walk_full, walk_created_after, "
                    "walk_started_at, walk_newest, walk_unidentified, walk_oldest_unreadable, "
                    "walk_created_before, walk_began_at, last_full FROM mirror");
    about.step();
    state.last_walk = static_cast<std::uint64_t>(about.integer(0));
    state.watermark = momentIn(about, 1);
    if (!about.isNull(2)) {
      MirrorWalk walk;
      walk.number = state.last_walk;
      walk.cursor = about.text(2);
      walk.full = about.integer(3) != 0;
      walk.created_after = momentIn(about, 4);
      walk.started_at = fromSeconds(about.real(5));
      walk.newest = momentIn(about, 6);
      walk.unidentified = !about.isNull(7) && about.integer(7) != 0;
      walk.oldest_unreadable = momentIn(about, 8);
      walk.created_before = momentIn(about, 9);
      walk.began_at = momentIn(about, 10).value_or(walk.started_at);
      state.unfinished = std::move(walk);
    }
    state.last_full = momentIn(about, 11);
    state.oldest_open = windows::nextOpen(database_, {});
    return state;
  }

  MirrorChanges upsert(const std::vector<CandidateResponse>& batch, const MirrorWalk& walk) {
    MirrorChanges changes;
    const double now = secondsNow();
    Transaction transaction(database_);
    for (const CandidateResponse& candidate : batch) {
      store(candidate, walk.number, now, changes);
    }
    Statement cursor(database_,
                     "UPDATE mirror SET last_walk = ?1, walk_cursor = ?2, walk_full = ?3, "
                     "walk_created_after = ?4, walk_started_at = ?5, walk_newest = ?6, "
                     "walk_unidentified = ?7, walk_oldest_unreadable = ?8, "
                     "walk_created_before = ?9, walk_began_at = ?10");
    cursor.bind(1, static_cast<std::int64_t>(walk.number))
        .bind(2, walk.cursor)
        .bind(3, walk.full)
        .bind(4, toSeconds(walk.created_after))
        .bind(5, toSeconds(walk.started_at))
        .bind(6, toSeconds(walk.newest))
        .bind(7, walk.unidentified)
        .bind(8, toSeconds(walk.oldest_unreadable))
        .bind(9, toSeconds(walk.created_before))
        .bind(10, toSeconds(walk.began_at))
        .run();
    transaction.commit();
    requireInPlace();
    return changes;
  }

  bool keep(const std::string& interview_id, const MirrorWalk& walk) {
    keep_.bind(1, static_cast<std::int64_t>(walk.number)).bind(2, interview_id).run();
    return true;
  }

  std::uint64_t finish(const MirrorWalk& walk, const std::optional<Timestamp>& watermark) {
    Transaction transaction(database_);
    // The clock was ahead, and would put off the erasure.
    Statement ahead(database_, "UPDATE candidates SET gone_at = ?1 WHERE gone_at > ?1");
    ahead.bind(1, secondsNow()).run();
    Statement gone(database_,
                   "UPDATE candidates SET gone_at = ?1 WHERE gone_at IS NULL AND " +
                       notSeen(walk, "created_at"));
    bindWalk(gone.bind(1, secondsNow()), walk).run();
    const auto count = static_cast<std::uint64_t>(database_.changes());
    Statement end(database_,
                  "UPDATE mirror SET last_walk = ?1, watermark = ?2, walk_cursor = NULL, "
                  "last_full = ifnull(?3, last_full)");
    end.bind(1, static_cast<std::int64_t>(walk.number))
        .bind(2, toSeconds(watermark))
        .bind(3, walk.full ? std::optional(toSeconds(walk.began_at)) : std::nullopt)
        .run();
    transaction.commit();
    requireInPlace();
    return count;
  }

  std::uint64_t erase(const MirrorWalk& walk, Timestamp gone_before) {
    std::vector<std::string> ids;
    Transaction transaction(database_);
    Statement gone(database_,
                   "SELECT interview_id FROM candidates WHERE gone_at < ?1 AND " +
                       notSeen(walk, "+created_at"));
    bindWalk(gone.bind(1, toSeconds(gone_before)), walk);
    while (gone.step()) {
      ids.push_back(gone.text(0));
    }
    bury(ids);
    transaction.commit();
    requireInPlace();
    return ids.size();
  }

  /// Overwrites what the files still have of people who were erased. secure_delete overwrites a row
  /// where it is, and not the copies that stay behind where SQLite has split or merged pages:
  /// VACUUM writes each page anew. The WAL has pages from before, until a checkpoint has copied all
  /// of it and cut it off; a reader's old transaction prevents that: the next run tries again.
  void wipe() {
    Statement about(database_, "SELECT traces FROM mirror");
    about.step();
    const std::int64_t traces = about.integer(0);
    about.reset();
    if (traces == kNoTraces) {
      return;
    }
    if (traces == kTracesInFile) {
      database_.execute("VACUUM");
      setTraces(kTracesInLog);
    }
    Statement checkpoint(database_, "PRAGMA wal_checkpoint(TRUNCATE)");
    const bool busy = !checkpoint.step() || checkpoint.integer(0) != 0;
    checkpoint.reset();
    if (!busy) {
      setTraces(kNoTraces);
    }
    requireInPlace();
  }

  /// Checks that the writes are not lost: a run that ends without an error has stored its result.
  void requireInPlace() {
    database_.requireInPlace();
    lock_.requireInPlace();
  }

  Database& database() noexcept { return database_; }

 private:
  void bury(const std::vector<std::string>& ids) {
    if (ids.empty()) {
      return;
    }
    const double now = secondsNow();
    Statement tombstone(database_, "INSERT OR IGNORE INTO candidate_tombstones VALUES(?1, ?2)");
    Statement history(database_, "DELETE FROM candidate_history WHERE interview_id = ?1");
    Statement candidate(database_, "DELETE FROM candidates WHERE interview_id = ?1");
    for (const std::string& id : ids) {
      tombstone.bind(1, tombstoneOf(erasure_key_, id)).bind(2, now).run();
      history.bind(1, id).run();
      candidate.bind(1, id).run();
    }
    setTraces(kTracesInFile);
  }

  void store(const CandidateResponse& candidate, std::uint64_t walk_number, double now,
             MirrorChanges& changes) {
    double changed = now;
    const std::optional<StoredCandidate> before = stored(candidate.interview_id, changed);
    if (!before && isBuried(candidate.interview_id)) {
      ++changes.withheld;
      return;
    }
    const CandidateRow row = compareCandidate(candidate, before, changes);
    int parameter = 0;
    for (const CandidateColumn& column : columns_) {
      bindValue(upsert_, ++parameter, column.value(candidate));
    }
    upsert_.bind(++parameter, row.state.step_id);
    upsert_.bind(++parameter, row.state.step_order);
    upsert_.bind(++parameter, row.state.document);
    upsert_.bind(++parameter, now);
    upsert_.bind(++parameter, row.differs ? now : changed);
    upsert_.bind(++parameter, static_cast<std::int64_t>(walk_number));
    upsert_.run();
    if (row.moved) {
      history_.bind(1, candidate.interview_id)
          .bind(2, row.state.status)
          .bind(3, row.state.step_id)
          .bind(4, row.state.step_order)
          .bind(5, now)
          .run();
    }
  }

  /// What is there of a candidate, and when it changed.
  std::optional<StoredCandidate> stored(const std::string& interview_id, double& changed_at) {
    find_.bind(1, interview_id);
    if (!find_.step()) {
      return std::nullopt;
    }
    StoredCandidate found;
    found.document = find_.text(0);
    found.status = find_.text(1);
    if (!find_.isNull(2)) {
      found.step_id = find_.text(2);
    }
    if (!find_.isNull(3)) {
      found.step_order = find_.integer(3);
    }
    found.gone = !find_.isNull(4);
    changed_at = find_.real(5);
    find_.reset();
    return found;
  }

  bool isBuried(const std::string& interview_id) {
    const bool is = buried_.bind(1, tombstoneOf(erasure_key_, interview_id)).step();
    buried_.reset();
    return is;
  }

  void setTraces(std::int64_t where) {
    Statement traces(database_, "UPDATE mirror SET traces = ?1");
    traces.bind(1, where).run();
  }

  const std::vector<CandidateColumn> columns_ = candidateColumns();
  RunLock lock_;  // before the database: another run on it is not disturbed
  Database database_;
  Statement find_, upsert_, keep_, history_, buried_;
  std::string erasure_key_;
};

SqliteMirror::SqliteMirror(const std::string& file, std::string_view posting_id) {
  // SQLite would treat some names as a database in memory.
  if (const std::string reason = sqlite::whyNotAFile(file); !reason.empty()) {
    throw InvalidArgumentError("file", reason);
  }
  refuseWhatIsNoMirror(file);
  impl_ = std::make_unique<Impl>(file, posting_id);
}
SqliteMirror::~SqliteMirror() = default;

MirrorState SqliteMirror::load() { return impl_->load(); }

MirrorChanges SqliteMirror::upsert(const std::vector<CandidateResponse>& batch,
                                   const MirrorWalk& walk) {
  return impl_->upsert(batch, walk);
}

bool SqliteMirror::keep(const std::string& interview_id, const MirrorWalk& walk) {
  return impl_->keep(interview_id, walk);
}

std::uint64_t SqliteMirror::finish(const MirrorWalk& walk, std::optional<Timestamp> watermark) {
  return impl_->finish(walk, watermark);
}

MirrorDue SqliteMirror::due(Timestamp gone_before, const MirrorWindow& window) {
  return windows::due(impl_->database(), gone_before, window);
}

std::uint64_t SqliteMirror::erase(const MirrorWalk& walk, Timestamp gone_before) {
  return impl_->erase(walk, gone_before);
}

void SqliteMirror::wipe() { impl_->wipe(); }

std::optional<MirrorCount> SqliteMirror::count(const MirrorWindow& window) {
  return windows::count(impl_->database(), window);
}

std::optional<Timestamp> SqliteMirror::createdAt(const MirrorWindow& window, std::uint64_t index) {
  return windows::createdAt(impl_->database(), window, index);
}

std::optional<Timestamp> SqliteMirror::nextOpen(const MirrorWindow& window) {
  return windows::nextOpen(impl_->database(), window);
}

bool SqliteMirror::trackChanges(bool on) {
  workflows::trackChanges(impl_->database(), on);
  impl_->requireInPlace();
  return true;
}

std::vector<MirrorChange> SqliteMirror::changes(std::size_t most) {
  return changesIn(impl_->database(), most);
}

void SqliteMirror::handled(const MirrorChange& change) {
  changeHandled(impl_->database(), change);
  impl_->requireInPlace();
}

void SqliteMirror::requireInPlace() { impl_->requireInPlace(); }

}  // namespace heymilo::workflows
