#include "workflows/storage/outbox_schema.hpp"

#include <string>

#include "heymilo/workflows/outbox.hpp"
#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

// A row is inserted by the application, whose connection may have any settings: its trigger never
// deletes or replaces, so that nothing is freed without being overwritten. The requests that wait
// are in a table of their own, which is emptied as a whole whenever that is possible: moving rows
// between pages, as SQLite does when they are inserted, leaves copies in them.
// So a request that differs from the one that waits is a row too, and the newest of a key counts.
// AUTOINCREMENT: an id that was settled is not used again.
const char* const outbox_schema::kSchema =
    R"sql(-- The outbox of heymilo in SQLite. deliver makes it where it is missing; with this script, the
-- application's own migrations do. It can be run any number of times.
--
--   INSERT INTO heymilo_outbox(posting_id, key, request) VALUES('POSTING', '4711', '{"name": ...}');
--   SELECT posting_id, key, state, code, message, param FROM heymilo_outbox;
--
-- A key that is inserted again waits again. One that was delivered is not sent again: its state
-- becomes changed if the request is another one. While a key waits, the first request stays, which
-- may be under way, and another one is its correction: it waits after the first was settled.

CREATE TABLE IF NOT EXISTS heymilo_outbox_pending(
  id INTEGER PRIMARY KEY AUTOINCREMENT, posting_id TEXT NOT NULL, key TEXT NOT NULL, request,
  enqueued_at INTEGER NOT NULL, UNIQUE(posting_id, key));
CREATE INDEX IF NOT EXISTS heymilo_outbox_pending_order
  ON heymilo_outbox_pending(posting_id, id, enqueued_at);

CREATE TABLE IF NOT EXISTS heymilo_outbox_correction(
  id INTEGER PRIMARY KEY AUTOINCREMENT, posting_id TEXT NOT NULL, key TEXT NOT NULL, request,
  enqueued_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS heymilo_outbox_correction_key
  ON heymilo_outbox_correction(posting_id, key, id);

-- state: ingested, queued, rejected or changed. Of a rejected one, request, message and param are
-- kept for a while.
CREATE TABLE IF NOT EXISTS heymilo_outbox_settled(
  posting_id TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL,
  interview_id TEXT NOT NULL DEFAULT '', code TEXT NOT NULL DEFAULT '', settled_at INTEGER NOT NULL,
  PRIMARY KEY(posting_id, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heymilo_outbox_rejected(
  posting_id TEXT NOT NULL, key TEXT NOT NULL, request, message TEXT NOT NULL, param TEXT,
  rejected_at INTEGER NOT NULL, PRIMARY KEY(posting_id, key));

CREATE VIEW IF NOT EXISTS heymilo_outbox AS
  SELECT posting_id, key, request, 'pending' AS state, '' AS interview_id, '' AS code,
      NULL AS message, NULL AS param, enqueued_at, NULL AS settled_at,
      (SELECT c.request FROM heymilo_outbox_correction c WHERE c.posting_id = p.posting_id
        AND c.key = p.key ORDER BY c.id DESC LIMIT 1) AS correction
    FROM heymilo_outbox_pending p
  UNION ALL
  SELECT s.posting_id, s.key, r.request, s.state, s.interview_id, s.code, r.message, r.param, NULL,
      s.settled_at, NULL
    FROM heymilo_outbox_settled s LEFT JOIN heymilo_outbox_rejected r USING(posting_id, key)
    WHERE NOT EXISTS(SELECT 1 FROM heymilo_outbox_pending p
      WHERE p.posting_id = s.posting_id AND p.key = s.key);

CREATE TRIGGER IF NOT EXISTS heymilo_outbox_insert INSTEAD OF INSERT ON heymilo_outbox BEGIN
  SELECT RAISE(ABORT, 'heymilo_outbox: posting_id and key must not be empty')
    WHERE coalesce(CAST(NEW.posting_id AS TEXT), '') = '' OR coalesce(CAST(NEW.key AS TEXT), '') = '';
  INSERT INTO heymilo_outbox_correction(posting_id, key, request, enqueued_at)
    SELECT p.posting_id, p.key, NEW.request, CAST(strftime('%s', 'now') AS INTEGER)
      FROM heymilo_outbox_pending p
      WHERE p.posting_id = CAST(NEW.posting_id AS TEXT) AND p.key = CAST(NEW.key AS TEXT)
        AND NEW.request IS NOT CASE
          WHEN EXISTS(SELECT 1 FROM heymilo_outbox_correction c
            WHERE c.posting_id = p.posting_id AND c.key = p.key)
          THEN (SELECT c.request FROM heymilo_outbox_correction c
            WHERE c.posting_id = p.posting_id AND c.key = p.key ORDER BY c.id DESC LIMIT 1)
          ELSE p.request END;
  INSERT INTO heymilo_outbox_pending(posting_id, key, request, enqueued_at)
    SELECT CAST(NEW.posting_id AS TEXT), CAST(NEW.key AS TEXT), NEW.request,
        CAST(strftime('%s', 'now') AS INTEGER)
      WHERE NOT EXISTS(SELECT 1 FROM heymilo_outbox_pending
          WHERE posting_id = CAST(NEW.posting_id AS TEXT) AND key = CAST(NEW.key AS TEXT));
END;
)sql";

std::string sqliteOutboxSchema() { return outbox_schema::kSchema; }

void outbox_schema::prepare(sqlite::Database& database) {
  sqlite::Statement is_there(
      database,
      "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'heymilo_outbox_insert'");
  const bool there = is_there.step();
  is_there.reset();
  if (there) {
    return;
  }
  sqlite::Transaction transaction(database);
  database.execute(kSchema);
  transaction.commit();
}

}  // namespace heymilo::workflows
