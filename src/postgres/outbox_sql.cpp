#include "postgres/outbox_sql.hpp"

#include <string>

#include "heymilo/postgres/outbox.hpp"

namespace heymilo::postgres {

// enqueue() first looks without a lock, so that a known key waits for nobody. The INSERT waits for
// another transaction that has inserted the key and is not over yet. The digest is of PostgreSQL's
// own text of the jsonb, in which members are sorted and spaces are gone.
const char* const kOutboxScript =
    R"sql(-- The outbox of heymilo in PostgreSQL, 11 or later. deliver makes it where it is missing; with
-- this script, the application's own migrations do. It can be run any number of times, as one
-- transaction.
--
--   SELECT heymilo.enqueue('POSTING', '4711', '{"name": "...", "email": "..."}');
--   SELECT posting_id, key, state, code, message, param FROM heymilo.outbox;
--
-- The application's role needs no more than
--
--   GRANT USAGE ON SCHEMA heymilo TO application;
--   GRANT EXECUTE ON FUNCTION heymilo.enqueue(text, text, jsonb) TO application;
--
-- A role of deliver's that is not the owner needs USAGE on the schema, and SELECT, INSERT, UPDATE
-- and DELETE on the tables. Those of the journal are made by deliver itself, which has to run once
-- as a role with CREATE on the database.

SELECT pg_advisory_xact_lock(7521830961);

CREATE SCHEMA IF NOT EXISTS heymilo;

CREATE TABLE IF NOT EXISTS heymilo.version (
  component text PRIMARY KEY,
  version integer NOT NULL
);

CREATE SEQUENCE IF NOT EXISTS heymilo.outbox_id;

-- One row a key of a posting. What is delivered keeps its key and outcome; what is rejected keeps
-- request, message and param for a while.
CREATE TABLE IF NOT EXISTS heymilo.outbox (
  id bigint NOT NULL DEFAULT nextval('heymilo.outbox_id') UNIQUE,  -- another one each time
  posting_id text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'ingested', 'queued', 'rejected', 'changed')),
  request jsonb,
  digest bytea NOT NULL,                         -- SHA-256 of the request
  interview_id text,
  code text,
  message text,
  param text,
  enqueued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamptz,
  PRIMARY KEY (posting_id, key)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX IF NOT EXISTS outbox_pending ON heymilo.outbox (posting_id, id) INCLUDE (enqueued_at)
  WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS outbox_kept ON heymilo.outbox (settled_at)
  WHERE state = 'rejected' AND message IS NOT NULL;

CREATE OR REPLACE FUNCTION heymilo.enqueue(posting_id text, key text, request jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $heymilo$
#variable_conflict use_column
DECLARE
  new_digest bytea := sha256(convert_to(coalesce($3::text, ''), 'UTF8'));
  old record;
  name text;
BEGIN
  IF coalesce($1, '') = '' OR coalesce($2, '') = '' THEN
    RAISE EXCEPTION 'heymilo.enqueue: posting_id and key must not be empty' USING ERRCODE = '22023';
  END IF;
  IF length($1) > 500 OR length($2) > 500 THEN  -- which no index and no metadata can hold
    RAISE EXCEPTION 'heymilo.enqueue: posting_id and key must not be longer than 500 characters'
      USING ERRCODE = '22001';
  END IF;
  FOR attempt IN 1..2 LOOP
    SELECT o.state, o.digest INTO old FROM heymilo.outbox o
      WHERE o.posting_id = $1 AND o.key = $2 AND (attempt = 2 OR o.state <> 'rejected');
    IF FOUND THEN
      -- Without a digest, its candidate was deleted, and who it was is forgotten.
      RETURN CASE WHEN old.state <> 'changed' AND old.digest IN (new_digest, '') THEN 'known'
        ELSE 'changed' END;
    END IF;
    INSERT INTO heymilo.outbox AS o (posting_id, key, request, digest)
      VALUES ($1, $2, $3, new_digest)
      ON CONFLICT (posting_id, key) DO UPDATE SET id = nextval('heymilo.outbox_id'),
          state = 'pending', request = excluded.request, digest = excluded.digest, code = NULL,
          message = NULL, param = NULL, enqueued_at = clock_timestamp(), settled_at = NULL
        WHERE o.state = 'rejected';
    IF FOUND THEN
      -- Sent before by other means: deliver finds out whether it is the same.
      IF to_regclass('heymilo.journal_record') IS NOT NULL
          AND has_table_privilege('heymilo.journal_posting', 'SELECT')
          AND has_table_privilege('heymilo.journal_record', 'SELECT') THEN
        SELECT p.key_name INTO name FROM heymilo.journal_posting p WHERE p.posting = $1;
        IF EXISTS (SELECT FROM heymilo.journal_record r WHERE r.posting = $1
            AND r.key = name || ':' || $2 AND r.state IN ('ingested', 'queued')) THEN
          RETURN 'known';
        END IF;
      END IF;
      RETURN 'new';
    END IF;
  END LOOP;  -- another transaction has just inserted it
  RETURN 'known';
END
$heymilo$;
REVOKE ALL ON FUNCTION heymilo.enqueue(text, text, jsonb) FROM PUBLIC;

INSERT INTO heymilo.version VALUES ('outbox', 1) ON CONFLICT DO NOTHING;
)sql";

std::string outboxSchema() { return kOutboxScript; }

}  // namespace heymilo::postgres
