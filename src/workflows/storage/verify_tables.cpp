#include "workflows/storage/verify_tables.hpp"

#include <algorithm>
#include <utility>

namespace heymilo::workflows {

using sqlite::Database;
using sqlite::Statement;

namespace {

// Where an interview_id of a key comes from.
constexpr int kMarked = 0;    // the posting
constexpr int kUnmarked = 1;  // the posting
constexpr int kReceipt = 2;   // the journal

// Indices are made when all rows are there, which takes a fraction of the time.
constexpr const char* kTables = R"(
CREATE TABLE journal(key TEXT PRIMARY KEY, state INTEGER NOT NULL, sent_at INTEGER,
  ingestion_id TEXT NOT NULL, forgotten INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE seen(key TEXT NOT NULL, interview_id TEXT NOT NULL, source INTEGER NOT NULL);
CREATE TABLE keyless(interview_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE unknown(key TEXT PRIMARY KEY, marked INTEGER NOT NULL) WITHOUT ROWID;
)";
constexpr const char* kIndices = R"(
CREATE INDEX seen_key ON seen(key, interview_id, source);
CREATE INDEX seen_id ON seen(interview_id, key, source);
)";

Database withTables() {
  Database database = Database::temporary("the temporary file for the comparison");
  database.execute(kTables);
  database.execute("BEGIN");
  return database;
}

}  // namespace

VerifyTables::VerifyTables()
    : database_(withTables()),
      insert_row_(database_, "INSERT OR REPLACE INTO journal VALUES(?, ?, ?, ?, ?)"),
      insert_seen_(database_, "INSERT INTO seen VALUES(?, ?, ?)"),
      insert_keyless_(database_, "INSERT OR IGNORE INTO keyless VALUES(?)"),
      shown_(database_, "SELECT 1 FROM seen WHERE interview_id = ? AND source < ? LIMIT 1"),
      keyless_(database_, "SELECT 1 FROM keyless WHERE interview_id = ?"),
      insert_unknown_(database_, "INSERT OR IGNORE INTO unknown VALUES(?, ?)"),
      delete_unknown_(database_, "DELETE FROM unknown WHERE key = ?") {}

void VerifyTables::add(const std::string& key, const std::string& interview_id, int source) {
  insert_seen_.bind(1, key).bind(2, interview_id).bind(3, std::int64_t{source}).run();
}

void VerifyTables::addRow(const JournalRow& row) {
  insert_row_.bind(1, row.key)
      .bind(2, static_cast<std::int64_t>(row.state))
      .bind(3, row.sent_at)
      .bind(4, row.ingestion_id)
      .bind(5, row.forgotten)
      .run();
  if (!row.interview_id.empty()) {
    add(row.key, row.interview_id, kReceipt);
  }
  for (const std::string& other : row.other_interview_ids) {
    add(row.key, other, kReceipt);
  }
}

void VerifyTables::addCandidate(const std::string& key, const std::string& interview_id,
                                bool marked) {
  add(key, interview_id, marked ? kMarked : kUnmarked);
}

void VerifyTables::addCandidate(const std::string& interview_id) {
  insert_keyless_.bind(1, interview_id).run();
}

void VerifyTables::finish() { database_.execute(kIndices); }

void VerifyTables::forEachKey(const std::function<void(const Key&)>& visit) {
  // Keys without an interview_id are in the journal only.
  Statement select(database_, R"(
SELECT s.key, s.interview_id, min(s.source), j.state, j.sent_at, j.ingestion_id, j.forgotten
  FROM seen s LEFT JOIN journal j ON j.key = s.key GROUP BY s.key, s.interview_id
UNION ALL
SELECT key, '', 2, state, sent_at, ingestion_id, forgotten FROM journal j
  WHERE NOT EXISTS(SELECT 1 FROM seen s WHERE s.key = j.key)
ORDER BY 1, 2)");
  std::optional<Key> key;
  while (select.step()) {
    std::string text = select.text(0);
    if (!key || key->key != text) {
      if (key) {
        visit(*key);
      }
      key.emplace();
      key->key = std::move(text);
      if (!select.isNull(3)) {
        key->state = static_cast<KeyState>(select.integer(3));
        key->ingestion_id = select.text(5);
        key->forgotten = select.integer(6) != 0;
      }
      if (!select.isNull(4)) {
        key->sent_at = select.timestamp(4);
      }
    }
    if (std::string id = select.text(1); !id.empty()) {
      key->interview_ids.push_back(std::move(id));
    }
    key->shown = key->shown || select.integer(2) != kReceipt;
    key->marked = key->marked || select.integer(2) == kMarked;
  }
  if (key) {
    visit(*key);
  }
}

void VerifyTables::forEachShared(
    const std::function<void(const std::string&, const std::vector<std::string>&)>& visit) {
  Statement select(database_, R"(
SELECT interview_id FROM seen GROUP BY interview_id HAVING min(key) < max(key)
  ORDER BY interview_id)");
  Statement keys(database_, "SELECT DISTINCT key FROM seen WHERE interview_id = ? ORDER BY key");
  while (select.step()) {
    const std::string id = select.text(0);
    std::vector<std::string> its;
    keys.bind(1, id);
    while (keys.step()) {
      its.push_back(keys.text(0));
    }
    visit(id, its);
  }
}

VerifyTables::Shown VerifyTables::shown(const std::string& interview_id) {
  const auto any = [](Statement& statement) {
    const bool found = statement.step();
    statement.reset();
    return found;
  };
  if (any(shown_.bind(1, interview_id).bind(2, std::int64_t{kReceipt}))) {
    return Shown::by_another_key;
  }
  return any(keyless_.bind(1, interview_id)) ? Shown::without_key : Shown::no;
}

void VerifyTables::addUnknown(const Key& key) {
  insert_unknown_.bind(1, key.key).bind(2, key.marked).run();
}

bool VerifyTables::anyUnknown() {
  Statement select(database_, "SELECT 1 FROM unknown LIMIT 1");
  const bool any = select.step();
  select.reset();
  return any;
}

void VerifyTables::removeUnknown(const std::string& key) { delete_unknown_.bind(1, key).run(); }

void VerifyTables::forEachUnknown(const std::function<void(const Key&)>& visit) {
  Statement select(database_, "SELECT key, marked FROM unknown ORDER BY key");
  Statement ids(database_, "SELECT DISTINCT interview_id FROM seen WHERE key = ? ORDER BY 1");
  while (select.step()) {
    Key key;
    key.key = select.text(0);
    key.shown = true;
    key.marked = select.integer(1) != 0;
    ids.bind(1, key.key);
    while (ids.step()) {
      key.interview_ids.push_back(ids.text(0));
    }
    visit(key);
  }
}

}  // namespace heymilo::workflows
