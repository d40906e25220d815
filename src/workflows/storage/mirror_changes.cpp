#include "workflows/storage/mirror_changes.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include "workflows/storage/candidate_change.hpp"

namespace heymilo::workflows {

using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

namespace {

// A candidate with a row here is not as it was last handed out; `before` is what was, NULL where
// that was nothing. The number grows with each change of any candidate. Triggers see each change,
// whichever statement makes it, in that statement's transaction. changed_at is another one where
// the content is, but for signed links.
constexpr const char* kTable = R"(
CREATE TABLE IF NOT EXISTS candidate_changes(
  interview_id TEXT PRIMARY KEY, number INTEGER NOT NULL, before TEXT);
CREATE INDEX IF NOT EXISTS candidate_changes_number ON candidate_changes(number);
CREATE TRIGGER IF NOT EXISTS candidate_added AFTER INSERT ON candidates
WHEN (SELECT tracked FROM mirror)
BEGIN
  UPDATE mirror SET change = change + 1;
  INSERT INTO candidate_changes SELECT NEW.interview_id, change, NULL FROM mirror;
END;
CREATE TRIGGER IF NOT EXISTS candidate_changed AFTER UPDATE ON candidates
WHEN (OLD.changed_at <> NEW.changed_at OR (OLD.gone_at IS NULL) <> (NEW.gone_at IS NULL))
  AND (SELECT tracked FROM mirror)
BEGIN
  UPDATE mirror SET change = change + 1;
  INSERT INTO candidate_changes
    SELECT NEW.interview_id, 0, CASE WHEN OLD.gone_at IS NULL THEN OLD.document END
    WHERE NOT EXISTS (SELECT 1 FROM candidate_changes WHERE interview_id = NEW.interview_id);
  UPDATE candidate_changes SET number = (SELECT change FROM mirror)
    WHERE interview_id = NEW.interview_id;
END;
CREATE TRIGGER IF NOT EXISTS candidate_deleted AFTER DELETE ON candidates
BEGIN
  DELETE FROM candidate_changes WHERE interview_id = OLD.interview_id;
END;
)";

constexpr const char* kForget =
    "DELETE FROM candidate_changes WHERE interview_id = ?1 AND number = ?2";

std::vector<StoredChange> storedChanges(Database& database, std::size_t most) {
  Statement rows(database,
                 "SELECT interview_id, number, before, CASE WHEN gone_at IS NULL THEN document END "
                 "FROM candidate_changes JOIN candidates USING (interview_id) "
                 "ORDER BY number LIMIT ?1");
  rows.bind(1, static_cast<std::int64_t>(most));
  std::vector<StoredChange> all;
  while (rows.step()) {
    StoredChange one;
    one.interview_id = rows.text(0);
    one.number = static_cast<std::uint64_t>(rows.integer(1));
    one.before = rows.isNull(2) ? std::nullopt : std::optional(rows.text(2));
    one.after = rows.isNull(3) ? std::nullopt : std::optional(rows.text(3));
    all.push_back(std::move(one));
  }
  return all;
}

void forget(Database& database, const std::string& interview_id, std::uint64_t number) {
  Statement done(database, kForget);
  done.bind(1, interview_id).bind(2, static_cast<std::int64_t>(number)).run();
}

}  // namespace

void makeChangeTable(Database& database) { database.execute(kTable); }

void trackChanges(Database& database, bool on) {
  Transaction transaction(database);
  Statement tracked(database, "UPDATE mirror SET tracked = ?1");
  tracked.bind(1, on).run();
  if (!on) {
    database.execute("DELETE FROM candidate_changes");
  }
  transaction.commit();
}

std::vector<MirrorChange> changesIn(Database& database, std::size_t most) {
  std::vector<MirrorChange> changes;
  while (changes.empty()) {
    const std::vector<StoredChange> stored = storedChanges(database, most);
    if (stored.empty()) {
      break;
    }
    for (const StoredChange& one : stored) {
      if (auto change = changeOf(one)) {
        changes.push_back(std::move(*change));
      } else {
        forget(database, one.interview_id, one.number);
      }
    }
  }
  return changes;
}

void changeHandled(Database& database, const MirrorChange& change) {
  Transaction transaction(database);
  forget(database, change.interview_id, change.number);
  Statement since(database, "UPDATE candidate_changes SET before = ?1 WHERE interview_id = ?2");
  since.bind(1, handedOut(change)).bind(2, change.interview_id).run();
  transaction.commit();
}

}  // namespace heymilo::workflows
