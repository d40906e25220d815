#include "heymilo/postgres/mirror.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "postgres/connection.hpp"
#include "postgres/database.hpp"
#include "postgres/journal_text.hpp"
#include "postgres/mirror_changes.hpp"
#include "postgres/mirror_page.hpp"
#include "postgres/mirror_rows.hpp"
#include "postgres/mirror_sql.hpp"
#include "postgres/mirror_store.hpp"
#include "workflows/storage/candidate_change.hpp"
#include "workflows/storage/tombstone.hpp"

// How two runs exclude each other. A lock of a session would be lost in a pooler, and a lease would
// make the run after a crash wait. So the last run that began has the mirror: it writes its random
// name into the posting's row, and each statement that writes compares it, under the row's lock.
// To an earlier run this is as if it had been killed, which a mirror survives at any point. The
// new run resumes at the cursor that the earlier one stored. A run that goes on (a follower) does
// not take the mirror from a run that does something: see MirrorSink::hold(), and `beat`.

namespace heymilo::postgres {

namespace {

using nlohmann::json;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using workflows::CandidateColumn;
using workflows::MirrorChange;
using workflows::MirrorChanges;
using workflows::MirrorClaim;
using workflows::MirrorCount;
using workflows::MirrorDue;
using workflows::MirrorHold;
using workflows::MirrorState;
using workflows::MirrorWalk;
using workflows::MirrorWindow;

constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kErasedAtATime = 1'000;

Value valueOf(std::uint64_t number) { return std::to_string(number); }

Value valueOf(const std::optional<Timestamp>& moment) {
  return moment ? Value(momentText(*moment)) : std::nullopt;
}

Value microsecondsOf(const std::optional<Timestamp>& moment) {
  return moment ? Value(std::to_string(moment->time_since_epoch().count())) : std::nullopt;
}

/// Of the first row; empty if there is none, or it has none.
std::optional<Timestamp> momentIn(const Rows& rows, std::size_t column) {
  return rows.empty() || !rows.rows[0].at(column)
             ? std::nullopt
             : std::optional(Timestamp(microseconds(rows.number(0, column))));
}

StoreError mirrorError(const std::string& reason) {
  return StoreError("the mirror in PostgreSQL can't be used: " + reason);
}

class PostgresMirror final : public workflows::MirrorSink {
 public:
  PostgresMirror(std::string url, const std::string& posting_id, milliseconds limit)
      : posting_(storedText(posting_id)), limit_(limit), connection_(std::move(url)) {}

  MirrorState load() override {
    return carryOut([&] {
      prepare();
      // Only once: a run that has lost the mirror must not take it back, unless it says so by
      // hold().
      const Rows rows = claimed_ ? run("SELECT (run = $2)::integer, last_walk, watermark_us, "
                                       "walk::text, erasure_key, last_full_us "
                                       "FROM heymilo.mirror "
                                       "WHERE posting = $1",
                                       {posting_, run_})
                                 : claim();
      requireOwn(rows);
      MirrorState state;
      state.last_walk = static_cast<std::uint64_t>(rows.number(0, 1));
      state.watermark = momentIn(rows, 2);
      state.last_full = momentIn(rows, 5);
      if (rows.rows[0][3]) {
        state.unfinished = walkOf(rows.text(0, 3));
      }
      state.oldest_open = momentIn(runInWindow(nextOpenSql(), {}), 0);
      return state;
    });
  }

  MirrorChanges upsert(const std::vector<CandidateResponse>& batch,
                       const MirrorWalk& walk) override {
    return carryOut([&] {
      begin();
      MirrorPage page(columns_, erasure_key_);
      const auto [ids, tombstones] = page.keysOf(batch);
      page.know(run(kReadPage, {posting_, ids, tombstones}));
      for (const CandidateResponse& received : batch) {
        page.add(received);
      }
      requireOwn(
          run(storePageSql(columns_),
              {posting_, run_, valueOf(walk.number), walkText(walk), page.rows(), page.history()}));
      return page.changes();
    });
  }

  bool keep(const std::string& interview_id, const MirrorWalk& walk) override {
    return carryOut([&] {
      begin();
      requireOwn(run(kKeepCandidate,
                     {posting_, run_, valueOf(walk.number), Value(storedText(interview_id))}));
      return true;
    });
  }

  std::uint64_t finish(const MirrorWalk& walk, std::optional<Timestamp> watermark) override {
    return carryOut([&] {
      begin();
      const Rows rows = run(kFinishWalk,
                            {posting_,
                             run_,
                             valueOf(walk.number),
                             microsecondsOf(watermark),
                             valueOf(walk.created_after),
                             valueOf(walk.created_before),
                             walk.full ? microsecondsOf(walk.began_at) : std::nullopt});
      requireOwn(rows);
      return static_cast<std::uint64_t>(rows.number(0, 1));
    });
  }

  std::optional<MirrorCount> count(const MirrorWindow& window) override {
    return carryOut([&] {
      begin();
      const Rows rows = runInWindow(countCandidatesSql(), window);
      MirrorCount count;
      count.dated = static_cast<std::uint64_t>(rows.number(0, 0));
      count.undated = static_cast<std::uint64_t>(rows.number(0, 1));
      return count;
    });
  }

  std::optional<Timestamp> createdAt(const MirrorWindow& window, std::uint64_t index) override {
    return carryOut([&] {
      begin();
      return momentIn(runInWindow(createdAtSql(), window, valueOf(index)), 0);
    });
  }

  std::optional<Timestamp> nextOpen(const MirrorWindow& window) override {
    return carryOut([&] {
      begin();
      return momentIn(runInWindow(nextOpenSql(), window), 0);
    });
  }

  MirrorDue due(Timestamp gone_before, const MirrorWindow& window) override {
    return carryOut([&] {
      begin();
      const Rows rows = runInWindow(countDueSql(), window, momentText(gone_before));
      MirrorDue due;
      due.candidates = static_cast<std::uint64_t>(rows.number(0, 0));
      if (rows.rows[0][1]) {
        due.oldest = Timestamp(std::chrono::seconds(rows.number(0, 1)));
      }
      due.undated = rows.number(0, 2) != 0;
      return due;
    });
  }

  std::uint64_t erase(const MirrorWalk& walk, Timestamp gone_before) override {
    return carryOut([&] {
      begin();
      const Rows due = run(kListDue,
                           {posting_,
                            momentText(gone_before),
                            valueOf(walk.number),
                            valueOf(walk.created_after),
                            valueOf(walk.created_before)});
      std::uint64_t erased = 0;
      for (std::size_t from = 0; from < due.size(); from += kErasedAtATime) {
        json people = json::array();
        for (std::size_t at = from; at < std::min(due.size(), from + kErasedAtATime); ++at) {
          const std::string& id = due.text(at, 0);
          people.push_back({{"interview_id", id}, {"tombstone", tombstone(id)}});
        }
        const Rows rows = run(kEraseCandidates, {posting_, run_, people.dump()});
        requireOwn(rows);
        erased += static_cast<std::uint64_t>(rows.number(0, 1));
      }
      return erased;
    });
  }

  bool trackChanges(bool on) override {
    return carryOut([&] {
      begin();
      requireOwn(run(kTrackChanges, {posting_, run_, Value(on ? "true" : "false")}));
      return true;
    });
  }

  std::vector<MirrorChange> changes(std::size_t most) override {
    return carryOut([&] {
      begin();
      return changesOf(statements(), {posting_, run_}, most);
    });
  }

  void handled(const MirrorChange& change) override {
    carryOut([&] {
      begin();
      requireOwn(run(kChangeHandled,
                     {posting_,
                      run_,
                      Value(change.interview_id),
                      valueOf(change.number),
                      workflows::handedOut(change)}));
    });
  }

  MirrorHold hold(MirrorClaim what) override {
    return carryOut([&]() -> MirrorHold {
      prepare();
      if (what == MirrorClaim::take) {
        requireOwn(claim());
        return {};
      }
      if (what == MirrorClaim::give) {
        giveBack(statements(), {posting_, run_});
        claimed_ = false;
        return {false, ""};
      }
      return beat(statements(), {posting_, run_});
    });
  }

 private:
  RunStatement statements() {
    return [this](const std::string& sql, const std::vector<Value>& values) {
      return run(sql, values);
    };
  }

  /// Throws StoreError where an operation can't be carried out, or a response is something else.
  template <typename Operation>
  auto carryOut(const Operation& operation) -> decltype(operation()) {
    try {
      return operation();
    } catch (const StatementError& error) {
      prepared_ = prepared_ && !isMissing(error);
      throw mirrorError(error.what());
    } catch (const json::exception&) {
      throw mirrorError("its tables have something else than a mirror");
    } catch (const std::out_of_range&) {
      throw mirrorError("its tables are of another version");
    }
  }

  Rows run(const std::string& sql, const std::vector<Value>& parameters) {
    return connection_.run(sql.c_str(), parameters, limit_);
  }

  /// A statement whose $1 is the posting, and $2 and $3 a window.
  Rows runInWindow(const std::string& sql, const MirrorWindow& window,
                   const Value& fourth = std::nullopt) {
    std::vector<Value> parameters{
        posting_, valueOf(window.created_after), valueOf(window.created_before)};
    if (fourth) {
      parameters.push_back(fourth);
    }
    return run(sql, parameters);
  }

  void prepare() {
    if (prepared_) {
      return;
    }
    prepareTables(connection_, {"mirror", kMirrorVersion, mirrorScript(columns_)}, limit_);
    // Properties that the model did not have when the tables were made.
    const Rows present =
        run("SELECT attname FROM pg_attribute WHERE attrelid = 'heymilo.candidates'::regclass "
            "AND attnum > 0 AND NOT attisdropped",
            {});
    std::set<std::string> names;
    for (std::size_t at = 0; at < present.size(); ++at) {
      names.insert(present.text(at, 0));
    }
    for (const CandidateColumn& column : columns_) {
      if (names.count(column.name) == 0) {
        connection_.runScript(addColumnSql(column).c_str(), limit_);
      }
    }
    prepared_ = true;
  }

  Rows claim() {
    Rows rows = run(kClaimMirror, {posting_, run_, Value(workflows::randomDigits(kRandomBytes))});
    erasure_key_ = rows.text(0, 4);
    claimed_ = true;
    return rows;
  }

  /// For an operation without a load() before it.
  void begin() {
    prepare();
    if (!claimed_) {
      claim();
    }
  }

  static void requireOwn(const Rows& rows) {
    if (rows.empty() || rows.number(0, 0) == 0) {
      throw StoreError(
          "another run has taken over this posting's mirror in PostgreSQL: this one has ended. "
          "Everything received before is stored");
    }
  }

  std::string tombstone(const std::string& stored_id) const {
    return workflows::tombstoneOf(erasure_key_, stored_id);
  }

  const std::vector<CandidateColumn> columns_ = workflows::candidateColumns();
  const std::string posting_;
  const milliseconds limit_;  // of a statement
  const std::string run_ = workflows::randomDigits(kRandomBytes);
  Connection connection_;
  std::string erasure_key_;
  bool prepared_ = false;
  bool claimed_ = false;
};

}  // namespace

std::shared_ptr<workflows::MirrorSink> makeMirror(std::string url, const std::string& posting_id,
                                                  milliseconds limit) {
  requireUrl(url, "mirror");
  return std::make_shared<PostgresMirror>(std::move(url), posting_id, limit);
}

std::shared_ptr<workflows::MirrorSink> mirror(std::string url, std::string posting_id) {
  return makeMirror(std::move(url), posting_id, milliseconds{60'000});
}

}  // namespace heymilo::postgres
