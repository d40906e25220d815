#include "heymilo/workflows/sqlite_mirror.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "heymilo/errors.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/storage/candidate_columns.hpp"
#include "workflows/storage/mirror_tables.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

namespace {

using sqlite::Database;
using sqlite::RunLock;
using sqlite::Statement;
using sqlite::Transaction;

/// The mirror's columns besides the scalar properties, in the order in which store() binds them.
constexpr std::array kOwnColumns{
    "current_step_id", "current_step_order", "document", "last_seen", "changed_at", "walk"};

/// The parameters: the scalar properties, then kOwnColumns, from 1.
std::string upsertSql(const std::vector<CandidateColumn>& columns) {
  std::string names = "first_seen";
  std::string values;
  std::string updates = "gone_at = NULL";
  std::size_t parameter = 0;
  std::string last_seen;
  const auto add = [&](std::string_view column) {
    const std::string name(column);
    const std::string value = '?' + std::to_string(++parameter);
    names += ", " + name;
    values += ", " + value;
    updates += ", " + name + " = excluded." + name;
    if (column == "last_seen") {
      last_seen = value;
    }
  };
  for (const CandidateColumn& column : columns) {
    add(column.name);
  }
  for (const char* column : kOwnColumns) {
    add(column);
  }
  return "INSERT INTO candidates(" + names + ") VALUES(" + last_seen + values +
         ") ON CONFLICT(interview_id) DO UPDATE SET " + updates;
}

std::string oldestOpenSql() {
  std::string finals;
  for (const std::string_view text : CandidateStatus::texts) {
    if (isFinal(CandidateStatus(text))) {
      finals += (finals.empty() ? "'" : ", '") + std::string(text) + '\'';
    }
  }
  return "SELECT min(created_at) FROM candidates WHERE gone_at IS NULL AND status NOT IN (" +
         finals + ')';
}

const WorkflowStepStatus* currentStep(const CandidateResponse& candidate) {
  if (candidate.workflow) {
    for (const WorkflowStepStatus& step : candidate.workflow->steps) {
      if (step.status == StepStatus::in_progress) {
        return &step;
      }
    }
  }
  return nullptr;
}

CandidateResponse withoutSignedLinks(CandidateResponse candidate) {
  if (candidate.agent_summary && candidate.agent_summary->web_interview) {
    candidate.agent_summary->web_interview->audio_recording_link.reset();
    candidate.agent_summary->web_interview->video_recording_link.reset();
  }
  return candidate;
}

std::string documentOf(const CandidateResponse& candidate) {
  try {
    return nlohmann::json(candidate).dump();
  } catch (const nlohmann::json::exception&) {  // its text would quote the value
    throw InvalidArgumentError("candidate", "contains text that is not valid UTF-8");
  }
}

bool sameButForSignedLinks(const std::string& document, const CandidateResponse& candidate) {
  try {
    const auto before = nlohmann::json::parse(document).get<CandidateResponse>();
    return withoutSignedLinks(before) == withoutSignedLinks(candidate);
  } catch (const nlohmann::json::exception&) {
    return false;  // modified by another program
  } catch (const DecodeError&) {
    return false;  // written by a version with another schema
  }
}

std::optional<double> toSeconds(const std::optional<Timestamp>& moment) {
  return moment ? std::optional(workflows::toSeconds(*moment)) : std::nullopt;
}

std::optional<Timestamp> momentIn(const Statement& row, int column) {
  return row.isNull(column) ? std::nullopt : std::optional(fromSeconds(row.real(column)));
}

/// Checked before any file is created.
void refuseWhatIsNoDatabase(const std::string& file) {
  if (std::error_code error; std::filesystem::exists(file, error)) {
    Database database(file);
    Statement(database, "SELECT 1 FROM sqlite_master").step();
  }
}

double secondsNow() { return workflows::toSeconds(now()); }

}  // namespace

class SqliteMirror::Impl {
 public:
  Impl(const std::string& file, std::string_view posting_id)
      : lock_(file),
        database_(openMirror(file, posting_id, columns_)),
        find_(database_,
              "SELECT document, status, current_step_id, current_step_order, changed_at, gone_at "
              "FROM candidates WHERE interview_id = ?1"),
        upsert_(database_, upsertSql(columns_)),
        keep_(database_, "UPDATE candidates SET walk = ?1, gone_at = NULL WHERE interview_id = ?2"),
        history_(database_, "INSERT INTO candidate_history VALUES(?1, ?2, ?3, ?4, ?5)") {
    database_.rememberFiles(false);
    requireInPlace();
  }

  MirrorState load() {
    MirrorState state;
    Statement about(
        database_,
        "SELECT last_walk, watermark, walk_cursor, walk_full, walk_created_after, "
        "walk_started_at, walk_newest, walk_unidentified, walk_oldest_unreadable FROM mirror");
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
      state.unfinished = std::move(walk);
    }
    Statement oldest(database_, oldestOpenSql());
    oldest.step();
    state.oldest_open = momentIn(oldest, 0);
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
                     "walk_unidentified = ?7, walk_oldest_unreadable = ?8");
    cursor.bind(1, static_cast<std::int64_t>(walk.number))
        .bind(2, walk.cursor)
        .bind(3, walk.full)
        .bind(4, toSeconds(walk.created_after))
        .bind(5, workflows::toSeconds(walk.started_at))
        .bind(6, toSeconds(walk.newest))
        .bind(7, walk.unidentified)
        .bind(8, toSeconds(walk.oldest_unreadable))
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
    Statement gone(database_,
                   "UPDATE candidates SET gone_at = ?1 WHERE gone_at IS NULL AND walk <> ?2 "
                   "AND (?3 IS NULL OR created_at >= ?3)");
    gone.bind(1, secondsNow())
        .bind(2, static_cast<std::int64_t>(walk.number))
        .bind(3, toSeconds(walk.created_after))
        .run();
    const auto count = static_cast<std::uint64_t>(database_.changes());
    Statement end(database_,
                  "UPDATE mirror SET last_walk = ?1, watermark = ?2, walk_cursor = NULL");
    end.bind(1, static_cast<std::int64_t>(walk.number)).bind(2, toSeconds(watermark)).run();
    transaction.commit();
    requireInPlace();
    return count;
  }

 private:
  /// Checks that the writes are not lost: a run that ends without an error has stored its result.
  void requireInPlace() {
    database_.requireInPlace();
    lock_.requireInPlace();
  }

  void store(const CandidateResponse& candidate, std::uint64_t walk_number, double now,
             MirrorChanges& changes) {
    const std::string json = documentOf(candidate);
    const WorkflowStepStatus* step = currentStep(candidate);
    double changed = now;
    bool moved = true;
    find_.bind(1, candidate.interview_id);
    if (find_.step()) {
      const std::string before = find_.text(0);
      if (before == json || sameButForSignedLinks(before, candidate)) {
        changed = find_.real(4);
        changes.changed += find_.isNull(5) ? 0U : 1U;  // it was marked as gone
      } else {
        ++changes.changed;
      }
      moved =
          find_.text(1) != candidate.status.text() || find_.isNull(2) != (step == nullptr) ||
          (step != nullptr && (find_.text(2) != step->step_id || find_.integer(3) != step->order));
    } else {
      ++changes.added;
    }
    find_.reset();

    int parameter = 0;
    for (const CandidateColumn& column : columns_) {
      column.bind(upsert_, ++parameter, candidate);
    }
    bindStep(upsert_, parameter + 1, step);
    parameter += 2;
    upsert_.bind(++parameter, json);
    upsert_.bind(++parameter, now);
    upsert_.bind(++parameter, changed);
    upsert_.bind(++parameter, static_cast<std::int64_t>(walk_number));
    upsert_.run();
    if (moved) {
      history_.bind(1, candidate.interview_id).bind(2, candidate.status.text()).bind(5, now);
      bindStep(history_, 3, step);
      history_.run();
    }
  }

  /// step_id at the parameter, order at the next one.
  static void bindStep(Statement& statement, int parameter, const WorkflowStepStatus* step) {
    if (step != nullptr) {
      statement.bind(parameter, step->step_id).bind(parameter + 1, step->order);
    } else {
      statement.bindNull(parameter).bindNull(parameter + 1);
    }
  }

  const std::vector<CandidateColumn> columns_ = candidateColumns();
  RunLock lock_;  // before the database: another run on it is not disturbed
  Database database_;
  Statement find_, upsert_, keep_, history_;
};

SqliteMirror::SqliteMirror(const std::string& file, std::string_view posting_id) {
  // SQLite would treat some names as a database in memory.
  if (const std::string reason = sqlite::whyNotAFile(file); !reason.empty()) {
    throw InvalidArgumentError("file", reason);
  }
  refuseWhatIsNoDatabase(file);
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

}  // namespace heymilo::workflows
