#include "postgres/journal_sql.hpp"

namespace heymilo::postgres {

// Who carries out operations. The operations of a posting are carried out one after the other, as
// each begins with journal_lock(). No session state is used, and no clock.
const char* const kJournalWorkers = R"sql(
-- The posting, or each one where it is NULL, may be an older copy: it is not adopted any more, and
-- all workers are gone, since one that has slept since before the copy would go on with what it had
-- claimed then.
CREATE OR REPLACE FUNCTION heymilo.journal_unadopt(its_posting text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
BEGIN
  UPDATE heymilo.journal_posting
    SET incarnation = heymilo.journal_incarnation(), adopted = false, searcher = NULL,
      adoption = gen_random_uuid()
    WHERE its_posting IS NULL OR posting = its_posting;
  UPDATE heymilo.journal_worker SET gone = true
    WHERE (its_posting IS NULL OR posting = its_posting) AND NOT gone;
  UPDATE heymilo.journal_record SET state = 'in_doubt'
    WHERE (its_posting IS NULL OR posting = its_posting) AND state = 'in_flight';
END
$heymilo$;

-- Locks the posting's row, which is made where there is none. A request without a posting is one of
-- a worker that the store has never seen: NULL, and no posting is adopted any more.
CREATE OR REPLACE FUNCTION heymilo.journal_lock(request jsonb) RETURNS heymilo.journal_posting
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
DECLARE
  its_posting CONSTANT text := request->>'posting';
  q heymilo.journal_posting;
BEGIN
  -- Each statement in here must see what others have committed.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the journal needs the isolation level read committed'
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
  -- Elsewhere a key may be another one than it is for another worker.
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'the journal needs a database with the encoding UTF8'
      USING ERRCODE = 'feature_not_supported';
  END IF;
  -- A crash of one backend loses commits that were not flushed, and the server's start time stays.
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'local', true);
  END IF;
  PERFORM set_config('lock_timeout', request->>'lock_timeout_ms', true);

  IF its_posting IS NULL THEN
    PERFORM heymilo.journal_unadopt(NULL);
    RETURN NULL;
  END IF;
  SELECT * INTO q FROM heymilo.journal_posting WHERE posting = its_posting FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO heymilo.journal_posting VALUES (its_posting, request->>'base_url',
      request->>'key_name', (request->>'digest_version')::integer, heymilo.journal_incarnation(),
      false, false, gen_random_uuid(), NULL, 0, NULL, NULL, false) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT q FROM heymilo.journal_posting WHERE posting = its_posting FOR UPDATE;
  END IF;
  RETURN q;
END
$heymilo$;

-- Whether the server is the one that has written the row. Otherwise the posting is not adopted any
-- more.
CREATE OR REPLACE FUNCTION heymilo.journal_is_same(q heymilo.journal_posting) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
BEGIN
  IF q.incarnation = heymilo.journal_incarnation() THEN
    RETURN true;
  END IF;
  PERFORM heymilo.journal_unadopt(q.posting);
  RETURN false;
END
$heymilo$;

-- How each operation but the first one begins: what the store says of its stamp.
CREATE OR REPLACE FUNCTION heymilo.journal_begin(request jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
DECLARE
  its_posting CONSTANT text := request->>'posting';
  its_worker CONSTANT text := request->>'worker';
  its_number CONSTANT bigint := (request->>'number')::bigint;
  q heymilo.journal_posting;
  me heymilo.journal_worker;
BEGIN
  q := heymilo.journal_lock(request);
  IF q.posting IS NULL OR NOT heymilo.journal_is_same(q) THEN
    RETURN 'restored';
  END IF;
  SELECT * INTO me FROM heymilo.journal_worker WHERE posting = its_posting AND worker = its_worker;
  IF NOT FOUND OR me.number < (request->>'answered')::bigint THEN
    PERFORM heymilo.journal_unadopt(its_posting);
    RETURN 'restored';
  ELSIF me.gone THEN
    RETURN 'gone';
  ELSIF me.number >= its_number THEN
    RETURN 'stale';
  END IF;
  UPDATE heymilo.journal_worker SET number = its_number, seen = clock_timestamp()
    WHERE posting = its_posting AND worker = its_worker;
  RETURN 'good';
END
$heymilo$;

-- Workers that are dead, or leave: what they have in flight is in doubt.
CREATE OR REPLACE FUNCTION heymilo.journal_bury(its_posting text, workers text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $heymilo$
BEGIN
  UPDATE heymilo.journal_worker SET gone = true
    WHERE posting = its_posting AND worker = ANY (workers);
  UPDATE heymilo.journal_posting SET searcher = NULL
    WHERE posting = its_posting AND searcher = ANY (workers);
  UPDATE heymilo.journal_record SET state = 'in_doubt'
    WHERE posting = its_posting AND state = 'in_flight' AND owner = ANY (workers);
END
$heymilo$;

-- Whether the posting's row is for something else than the worker's journal was when it joined.
CREATE OR REPLACE FUNCTION heymilo.journal_is_other(request jsonb) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
  SELECT EXISTS (SELECT FROM heymilo.journal_posting WHERE posting = request->>'posting'
    AND (base_url <> request->>'base_url' OR key_name <> request->>'key_name'
      OR digest_version <> (request->>'digest_version')::integer))
$heymilo$;

CREATE OR REPLACE FUNCTION heymilo.journal_join(request jsonb) RETURNS json
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
DECLARE
  its_outcome text := 'good';
  q heymilo.journal_posting;
BEGIN
  q := heymilo.journal_lock(request);
  -- For something else, but without keys, and without workers that are not gone: bound anew.
  IF heymilo.journal_is_other(request)
      AND NOT EXISTS (SELECT FROM heymilo.journal_record WHERE posting = q.posting)
      AND NOT EXISTS (SELECT FROM heymilo.journal_worker WHERE posting = q.posting AND NOT gone)
      THEN
    PERFORM heymilo.journal_unadopt(q.posting);
    UPDATE heymilo.journal_posting
      SET base_url = request->>'base_url', key_name = request->>'key_name',
        digest_version = (request->>'digest_version')::integer, ever_adopted = false,
        newest_shown = NULL, newest_us = NULL, undated = false
      WHERE posting = q.posting RETURNING * INTO STRICT q;
  END IF;
  IF heymilo.journal_is_other(request) THEN
    its_outcome := 'refused';
  ELSE
    PERFORM heymilo.journal_is_same(q);
    INSERT INTO heymilo.journal_worker
      SELECT q.posting, request->>'worker', request->>'name', coalesce(max(joined), 0) + 1,
          (request->>'number')::bigint, (request->>'outlast_ms')::bigint, false, false,
          clock_timestamp()
        FROM heymilo.journal_worker WHERE posting = q.posting
      ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      its_outcome := 'stale';
    END IF;
    DELETE FROM heymilo.journal_worker WHERE posting = q.posting AND gone AND joined <= (
      SELECT joined FROM heymilo.journal_worker
        WHERE posting = q.posting AND gone ORDER BY joined DESC OFFSET 1000 LIMIT 1);
  END IF;
  RETURN json_build_object('outcome', its_outcome, 'base_url', q.base_url,
    'key_name', q.key_name, 'digest_version', q.digest_version);
END
$heymilo$;

CREATE OR REPLACE FUNCTION heymilo.journal_beat(request jsonb) RETURNS json
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
DECLARE
  its_posting CONSTANT text := request->>'posting';
  its_worker CONSTANT text := request->>'worker';
  its_looked CONSTANT bigint := (request->>'looked_us')::bigint;
  its_outcome text;
  dead text[];
BEGIN
  its_outcome := heymilo.journal_begin(request);
  IF its_outcome <> 'good' THEN
    RETURN json_build_object('outcome', its_outcome);
  END IF;
  IF (request->>'begun')::boolean AND its_looked IS NOT NULL THEN
    UPDATE heymilo.journal_posting SET undated = false,
        newest_us = CASE WHEN undated THEN its_looked ELSE greatest(newest_us, its_looked) END
      WHERE posting = its_posting AND EXISTS (SELECT FROM heymilo.journal_worker
        WHERE posting = its_posting AND worker = its_worker AND NOT begun);
  END IF;
  UPDATE heymilo.journal_worker SET begun = (request->>'begun')::boolean
    WHERE posting = its_posting AND worker = its_worker AND begun <> (request->>'begun')::boolean;
  IF jsonb_array_length(request->'dead') > 0 THEN
    SELECT array_agg(w.worker) INTO dead
      FROM jsonb_to_recordset(request->'dead') AS d(worker text, number bigint)
      JOIN heymilo.journal_worker w ON w.worker = d.worker AND w.number = d.number
      WHERE w.posting = its_posting AND NOT w.gone;
    IF dead IS NOT NULL THEN
      PERFORM heymilo.journal_bury(its_posting, dead);
    END IF;
  END IF;
  RETURN (SELECT json_build_object('outcome', 'good', 'adopted', p.adopted,
      'newest_us', CASE WHEN NOT p.undated THEN p.newest_us END,
      'counts', (SELECT coalesce(json_object_agg(c.state, c.keys), '{}')
        FROM heymilo.journal_count c WHERE c.posting = its_posting),
      'others', (SELECT coalesce(json_agg(json_build_object('worker', w.worker,
          'number', w.number, 'outlast_ms', w.outlast_ms, 'begun', w.begun) ORDER BY w.worker), '[]')
        FROM heymilo.journal_worker w
        WHERE w.posting = its_posting AND w.worker <> its_worker AND NOT w.gone))
    FROM heymilo.journal_posting p WHERE p.posting = its_posting);
END
$heymilo$;

-- Where a posting stands: NULL where nobody has joined for it.
CREATE OR REPLACE FUNCTION heymilo.journal_standing(its_posting text) RETURNS json
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
  SELECT json_build_object('base_url', p.base_url, 'key_name', p.key_name,
      'digest_version', p.digest_version,
      'adopted', p.adopted AND p.incarnation = heymilo.journal_incarnation(),
      'newest_us', CASE WHEN NOT p.undated THEN p.newest_us END,
      'counts', (SELECT coalesce(json_object_agg(c.state, c.keys), '{}')
        FROM heymilo.journal_count c WHERE c.posting = p.posting))
    FROM heymilo.journal_posting p WHERE p.posting = its_posting
$heymilo$;

CREATE OR REPLACE FUNCTION heymilo.journal_leave(request jsonb) RETURNS json
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
DECLARE
  its_outcome text;
BEGIN
  its_outcome := heymilo.journal_begin(request);
  IF its_outcome = 'good' THEN
    PERFORM heymilo.journal_bury(request->>'posting', ARRAY[request->>'worker']);
  END IF;
  RETURN json_build_object('outcome', its_outcome);
END
$heymilo$;
)sql";

}  // namespace heymilo::postgres
