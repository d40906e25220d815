#include "postgres/journal_sql.hpp"

namespace heymilo::postgres {

// Times of the API are in microseconds since 1970, which holds each time there is. A text that
// PostgreSQL can't hold is written as journal_text.hpp says. journal_count_keys() counts keys, as a
// view of a million keys would take too long while all others wait.
const char* const kJournalTables = R"sql(
SELECT pg_advisory_xact_lock(7521830961);

-- [tables]
CREATE SCHEMA IF NOT EXISTS heymilo;

CREATE TABLE IF NOT EXISTS heymilo.version (
  component text PRIMARY KEY,
  version integer NOT NULL
);

-- One row a posting.
CREATE TABLE IF NOT EXISTS heymilo.journal_posting (
  posting text COLLATE "C" PRIMARY KEY,
  base_url text NOT NULL,
  key_name text NOT NULL,              -- what the keys are: a metadata key, 'email' or 'content'
  digest_version integer NOT NULL,
  incarnation text NOT NULL,           -- of the server that wrote the rows
  adopted boolean NOT NULL,            -- who is in the posting is known
  ever_adopted boolean NOT NULL,
  adoption text NOT NULL,              -- a random name of the last adoption, or of the next one
  searcher text,                       -- the worker that searches the posting
  claims bigint NOT NULL,              -- counts the claims
  newest_shown bigint,                 -- the last async claim that has shown up in the posting
  newest_us bigint,                    -- the newest sent_at_us
  undated boolean NOT NULL             -- one of the claims was without a time
) WITH (fillfactor = 50);

-- How many keys of a posting have a state.
CREATE TABLE IF NOT EXISTS heymilo.journal_count (
  posting text COLLATE "C" NOT NULL REFERENCES heymilo.journal_posting ON DELETE CASCADE,
  state text COLLATE "C" NOT NULL,
  keys bigint NOT NULL,
  PRIMARY KEY (posting, state)
) WITH (fillfactor = 50);

-- One row a worker. Rows of workers that are gone are kept for a while.
CREATE TABLE IF NOT EXISTS heymilo.journal_worker (
  posting text COLLATE "C" NOT NULL REFERENCES heymilo.journal_posting ON DELETE CASCADE,
  worker text COLLATE "C" NOT NULL,    -- a random name
  name text NOT NULL,                  -- host and process id, for people
  joined bigint NOT NULL,              -- counts the workers
  number bigint NOT NULL,              -- of its last operation
  outlast_ms bigint NOT NULL,          -- others that see number unchanged for so long may bury it
  begun boolean NOT NULL,
  gone boolean NOT NULL,               -- it has left, or is taken for dead
  seen timestamptz NOT NULL,           -- its last operation, for people
  PRIMARY KEY (posting, worker)
) WITH (fillfactor = 50);

-- One row a key.
CREATE TABLE IF NOT EXISTS heymilo.journal_record (
  posting text COLLATE "C" NOT NULL REFERENCES heymilo.journal_posting ON DELETE CASCADE,
  key text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL DEFAULT '',  -- of its content; '': not known
  state text COLLATE "C" NOT NULL CHECK (state IN
    ('unsent', 'in_flight', 'in_doubt', 'ingested', 'queued', 'rejected', 'unresolved')),
  owner text COLLATE "C" NOT NULL DEFAULT '',   -- the worker of the last claim
  claim text COLLATE "C" NOT NULL DEFAULT '',   -- a random name of the last claim
  claimed bigint NOT NULL DEFAULT 0,            -- the posting's count of claims then
  async boolean NOT NULL DEFAULT false,
  doubted bigint NOT NULL DEFAULT 0,            -- the posting's count of claims when unresolved
  failures integer NOT NULL DEFAULT 0,
  sent_at_us bigint,
  received_at_us bigint,
  interview_id text NOT NULL DEFAULT '',
  interview_url text NOT NULL DEFAULT '',
  ingestion_id text NOT NULL DEFAULT '',
  error_code text NOT NULL DEFAULT '',
  other_interview_ids text[] NOT NULL DEFAULT '{}',  -- of second receipts
  late_ingestion_id text NOT NULL DEFAULT '',        -- of a receipt of another claim
  PRIMARY KEY (posting, key)
);
CREATE INDEX IF NOT EXISTS journal_record_open ON heymilo.journal_record (posting, state, claimed)
  WHERE state IN ('in_flight', 'in_doubt', 'queued');

-- [/tables]
CREATE OR REPLACE FUNCTION heymilo.journal_count_keys() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $heymilo$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO heymilo.journal_count AS c
      SELECT posting, state, count(*) FROM new_rows GROUP BY posting, state
      ON CONFLICT (posting, state) DO UPDATE SET keys = c.keys + excluded.keys;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO heymilo.journal_count AS c
      SELECT posting, state, sum(n) FROM (
          SELECT posting, state, 1 AS n FROM new_rows
          UNION ALL SELECT posting, state, -1 FROM old_rows) AS moved
        GROUP BY posting, state HAVING sum(n) <> 0
      ON CONFLICT (posting, state) DO UPDATE SET keys = c.keys + excluded.keys;
  ELSE
    UPDATE heymilo.journal_count c SET keys = c.keys - gone.keys
      FROM (SELECT posting, state, count(*) AS keys FROM old_rows GROUP BY posting, state) AS gone
      WHERE c.posting = gone.posting AND c.state = gone.state;
  END IF;
  RETURN NULL;
END
$heymilo$;

DROP TRIGGER IF EXISTS journal_insert ON heymilo.journal_record;
CREATE TRIGGER journal_insert AFTER INSERT ON heymilo.journal_record
  REFERENCING NEW TABLE AS new_rows EXECUTE FUNCTION heymilo.journal_count_keys();
DROP TRIGGER IF EXISTS journal_update ON heymilo.journal_record;
CREATE TRIGGER journal_update AFTER UPDATE ON heymilo.journal_record
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  EXECUTE FUNCTION heymilo.journal_count_keys();
DROP TRIGGER IF EXISTS journal_delete ON heymilo.journal_record;
CREATE TRIGGER journal_delete AFTER DELETE ON heymilo.journal_record
  REFERENCING OLD TABLE AS old_rows EXECUTE FUNCTION heymilo.journal_count_keys();

CREATE OR REPLACE FUNCTION heymilo.journal_incarnation() RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
  SELECT (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint::text
    || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
    || '/' || 'heymilo.journal_record'::regclass::oid::text
    || '/' || pg_relation_filenode('heymilo.journal_record'::regclass)::text
$heymilo$;
)sql";

std::string journalScript() {
  return std::string(kJournalTables) + kJournalWorkers + kJournalClaims + kJournalSearches +
         "INSERT INTO heymilo.version VALUES ('journal', " + std::to_string(kJournalVersion) +
         ") ON CONFLICT DO NOTHING;";
}

}  // namespace heymilo::postgres
