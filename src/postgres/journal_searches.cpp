#include "postgres/journal_sql.hpp"

namespace heymilo::postgres {

// What searches of the posting find out. How keys are looked up: see journal_claims.cpp.
const char* const kJournalSearches = R"sql(
CREATE OR REPLACE FUNCTION heymilo.journal_search(request jsonb) RETURNS json
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $heymilo$
DECLARE
  its_posting CONSTANT text := request->>'posting';
  its_worker CONSTANT text := request->>'worker';
  its_outcome text;
  its_queued bigint;
  its_queued_since bigint;
  q heymilo.journal_posting;
BEGIN
  its_outcome := heymilo.journal_begin(request);
  IF its_outcome <> 'good' THEN
    RETURN json_build_object('outcome', its_outcome);
  END IF;
  SELECT * INTO STRICT q FROM heymilo.journal_posting WHERE posting = its_posting;
  IF q.searcher <> its_worker AND EXISTS (SELECT FROM heymilo.journal_worker
      WHERE posting = its_posting AND worker = q.searcher AND NOT gone) THEN
    RETURN json_build_object('outcome', 'good', 'mine', false);
  END IF;
  UPDATE heymilo.journal_posting SET searcher = its_worker
    WHERE posting = its_posting AND searcher IS DISTINCT FROM its_worker;
  SELECT count(*), CASE WHEN bool_and(sent_at_us IS NOT NULL) THEN min(sent_at_us) END
    INTO its_queued, its_queued_since
    FROM heymilo.journal_record WHERE posting = its_posting AND state = 'queued';
  RETURN json_build_object('outcome', 'good', 'mine', true,
      'adoption', CASE WHEN q.adopted THEN '' ELSE q.adoption END,
      'outlast_ms', (SELECT coalesce(max(outlast_ms), 0) FROM heymilo.journal_worker
        WHERE posting = its_posting),
      'fresh', NOT q.ever_adopted AND NOT EXISTS (
        SELECT FROM heymilo.journal_record WHERE posting = its_posting),
      'doubts', (SELECT coalesce(json_agg(json_build_object('key', key, 'claim', claim,
          'owner', owner, 'async', async, 'doubted', doubted, 'sent_at_us', sent_at_us)
          ORDER BY key), '[]')
        FROM heymilo.journal_record WHERE posting = its_posting AND state = 'in_doubt'),
      'queued', its_queued, 'queued_since_us', its_queued_since);
END
$heymilo$;

CREATE OR REPLACE FUNCTION heymilo.journal_recognise(request jsonb) RETURNS json
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $heymilo$
DECLARE
  its_posting CONSTANT text := request->>'posting';
  its_outcome text;
  seen record;
  all_unknown bigint := 0;
  all_twice bigint := 0;
  its_newest_shown bigint;
  all_comparisons json[] := '{}';
BEGIN
  its_outcome := heymilo.journal_begin(request);
  IF heymilo.journal_is_other(request) THEN
    RETURN json_build_object('outcome', its_outcome, 'unknown', 0, 'twice', 0,
      'comparisons', '[]'::json, 'newest_shown', NULL, 'oldest_unshown', NULL);
  END IF;
  FOR its_turn IN 1..(request->>'turns')::integer LOOP
    WITH shown AS MATERIALIZED (
      SELECT x.*, r.key IS NULL AS is_new, r.state IS DISTINCT FROM 'ingested' AS was_open,
          r.async, r.claimed, r.owner, r.received_at_us,
          r.interview_id = x.interview_id AS is_same,
          r.state = 'ingested' AND r.interview_id NOT IN ('', x.interview_id) AS is_other,
          r.state = 'ingested' AND r.interview_id = x.interview_id
            AND r.interview_url = x.interview_url AS is_known
        FROM jsonb_to_recordset(request->'shown') AS x(turn integer, key text,
          interview_id text, interview_url text, created_at_us bigint)
        LEFT JOIN LATERAL (SELECT * FROM heymilo.journal_record
          WHERE posting = its_posting AND key = x.key OFFSET 0) AS r ON true
        WHERE x.turn = its_turn),
    added AS (
      INSERT INTO heymilo.journal_record (posting, key, state, interview_id, interview_url)
        SELECT its_posting, key, 'ingested', interview_id, interview_url FROM shown WHERE is_new),
    changed AS (
      UPDATE heymilo.journal_record r SET
          state = 'ingested',
          interview_id = CASE WHEN is_other THEN r.interview_id ELSE x.interview_id END,
          interview_url = CASE WHEN is_other THEN r.interview_url ELSE x.interview_url END,
          other_interview_ids = CASE
            WHEN is_other AND x.interview_id <> ALL (r.other_interview_ids)
            THEN r.other_interview_ids || x.interview_id ELSE r.other_interview_ids END
        FROM shown x WHERE NOT is_new AND NOT is_known
          AND r.posting = its_posting AND r.key = x.key)
    SELECT count(*) FILTER (WHERE is_new) AS unknown, count(*) FILTER (WHERE is_other) AS twice,
        max(claimed) FILTER (WHERE was_open AND async) AS newest_shown,
        (SELECT json_agg(best) FROM (
          SELECT DISTINCT ON (owner) owner, received_at_us, created_at_us FROM shown
            WHERE is_same AND received_at_us IS NOT NULL AND created_at_us IS NOT NULL
            ORDER BY owner, created_at_us - received_at_us) AS best) AS comparisons
      INTO seen FROM shown;
    all_unknown := all_unknown + seen.unknown;
    all_twice := all_twice + seen.twice;
    its_newest_shown := greatest(its_newest_shown, seen.newest_shown);
    IF seen.comparisons IS NOT NULL THEN
      all_comparisons := all_comparisons || seen.comparisons;
    END IF;
  END LOOP;
  UPDATE heymilo.journal_posting SET newest_shown = its_newest_shown
    WHERE posting = its_posting AND its_newest_shown > coalesce(newest_shown, -1);
  RETURN json_build_object('outcome', its_outcome, 'unknown', all_unknown, 'twice', all_twice,
    'comparisons', all_comparisons,
    'newest_shown', (SELECT newest_shown FROM heymilo.journal_posting WHERE posting = its_posting),
    'oldest_unshown', (SELECT min(claimed) FROM heymilo.journal_record
      WHERE posting = its_posting AND state = 'queued'));
END
$heymilo$;

CREATE OR REPLACE FUNCTION heymilo.journal_release(request jsonb) RETURNS json
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $heymilo$
DECLARE
  its_posting CONSTANT text := request->>'posting';
  its_worker CONSTANT text := request->>'worker';
  its_began CONSTANT bigint := (request->>'began_us')::bigint;
  its_outcome text;
  its_claims bigint;
BEGIN
  its_outcome := heymilo.journal_begin(request);
  IF its_outcome <> 'good' THEN
    RETURN json_build_object('outcome', its_outcome);
  END IF;
  SELECT claims INTO STRICT its_claims FROM heymilo.journal_posting WHERE posting = its_posting;
  UPDATE heymilo.journal_record r SET
      state = CASE r.late_ingestion_id WHEN '' THEN 'unsent' ELSE 'queued' END,
      ingestion_id = CASE r.late_ingestion_id WHEN '' THEN r.ingestion_id
        ELSE r.late_ingestion_id END
    FROM jsonb_to_recordset(request->'free') AS x(key text, claim text)
    WHERE r.posting = its_posting AND r.key = x.key AND r.state = 'in_doubt' AND r.claim = x.claim;
  UPDATE heymilo.journal_record r SET state = 'unresolved', owner = its_worker,
      doubted = CASE r.doubted WHEN 0 THEN greatest(its_claims, 1) ELSE r.doubted END
    FROM jsonb_to_recordset(request->'unresolved') AS x(key text, claim text)
    WHERE r.posting = its_posting AND r.key = x.key AND r.state = 'in_doubt' AND r.claim = x.claim;
  UPDATE heymilo.journal_posting SET adopted = true, ever_adopted = true,
      undated = its_began IS NULL, newest_us = greatest(newest_us, its_began)
    WHERE posting = its_posting AND NOT adopted AND adoption = request->>'adoption';
  UPDATE heymilo.journal_posting SET searcher = NULL
    WHERE posting = its_posting AND searcher = its_worker;
  RETURN json_build_object('outcome', its_outcome);
END
$heymilo$;

-- Rows in the order of their keys, after one.
CREATE OR REPLACE FUNCTION heymilo.journal_rows(its_posting text, after text, most bigint)
RETURNS SETOF heymilo.journal_record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $heymilo$
  SELECT * FROM heymilo.journal_record WHERE posting = its_posting AND key > after
    ORDER BY key LIMIT most
$heymilo$;
)sql";

}  // namespace heymilo::postgres
