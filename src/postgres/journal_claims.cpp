#include "postgres/journal_sql.hpp"

namespace heymilo::postgres {

// What workers claim, and what becomes of it. Keys are looked up by the primary key, each in a
// subquery of its own, whatever the planner believes of a table that has grown since it was
// analysed: hence OFFSET 0 and what is switched off. A key that is there twice in a request has
// another turn, so that a statement has each key once.
const char* const kJournalClaims = R"sql(
CREATE OR REPLACE FUNCTION heymilo.journal_claim(request jsonb) RETURNS json
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $heymilo$
DECLARE
  its_posting CONSTANT text := request->>'posting';
  its_worker CONSTANT text := request->>'worker';
  its_sent_at CONSTANT bigint := (request->>'sent_at_us')::bigint;
  its_most CONSTANT bigint := (request->>'most')::bigint;
  its_claimed bigint := 0;
  its_outcome text;
  some_claimed bigint;
  some_answers json;
  all_answers json[] := '{}';
  q heymilo.journal_posting;
BEGIN
  its_outcome := heymilo.journal_begin(request);
  IF its_outcome <> 'good' THEN
    RETURN json_build_object('outcome', its_outcome);
  END IF;
  SELECT * INTO STRICT q FROM heymilo.journal_posting WHERE posting = its_posting;
  IF NOT q.adopted THEN
    RETURN json_build_object('outcome', 'not_adopted');
  END IF;
  FOR its_turn IN 1..(request->>'turns')::integer LOOP
    WITH asked AS MATERIALIZED (
      SELECT a.at, a.key AS asked_key, a.digest AS asked_digest, r.*,
          r.state IS NULL OR r.state = 'unsent' OR (r.state = 'rejected' AND r.digest <> a.digest)
            AS is_free
        FROM jsonb_to_recordset(request->'records')
          AS a(at integer, turn integer, key text, digest text)
        LEFT JOIN LATERAL (SELECT digest, state, owner, failures, interview_id, interview_url,
            ingestion_id, error_code,
            state = 'ingested' AND interview_id = '' AND claim = '' AS is_forgotten
          FROM heymilo.journal_record
          WHERE posting = its_posting AND key = a.key OFFSET 0) AS r ON true
        WHERE a.turn = its_turn),
    judged AS MATERIALIZED (
      SELECT *, is_free AND count(*) FILTER (WHERE is_free) OVER (ORDER BY at)
            <= its_most - its_claimed AS is_claimed,
          state IN ('ingested', 'queued') AND digest = '' AND NOT is_forgotten
            AS is_without_digest,
          state = 'unresolved' AND owner <> its_worker AS is_doubted_again
        FROM asked),
    claimed AS (
      INSERT INTO heymilo.journal_record
          (posting, key, digest, state, owner, claim, claimed, async, sent_at_us)
        SELECT its_posting, asked_key, asked_digest, 'in_flight', its_worker, request->>'token',
            q.claims + 1, (request->>'async')::boolean, its_sent_at
          FROM judged WHERE is_claimed
        ON CONFLICT (posting, key) DO UPDATE SET digest = excluded.digest, state = excluded.state,
          owner = excluded.owner, claim = excluded.claim, claimed = excluded.claimed,
          async = excluded.async, sent_at_us = excluded.sent_at_us, doubted = 0,
          received_at_us = NULL, error_code = ''),
    changed AS (
      UPDATE heymilo.journal_record r SET
          digest = CASE WHEN is_without_digest THEN asked_digest ELSE r.digest END,
          state = CASE WHEN is_doubted_again THEN 'in_doubt' ELSE r.state END
        FROM judged WHERE (is_without_digest OR is_doubted_again)
          AND r.posting = its_posting AND r.key = asked_key)
    SELECT count(*) FILTER (WHERE is_claimed), json_agg(CASE
        WHEN is_claimed THEN json_build_array(at, 'claimed', 'in_flight', coalesce(failures, 0))
        WHEN is_free THEN json_build_array(at, 'free', 'unsent', 0)
        ELSE json_build_array(at, CASE
              WHEN state IN ('ingested', 'queued') THEN
                CASE WHEN digest IN ('', asked_digest) THEN 'known' ELSE 'changed' END
              WHEN state = 'rejected' THEN 'rejected'
              WHEN state = 'unresolved' AND NOT is_doubted_again THEN 'unresolved'
              WHEN state = 'in_flight' THEN 'elsewhere'
              ELSE 'in_doubt' END,
            CASE WHEN is_doubted_again THEN 'in_doubt' ELSE state END, 0,
            interview_id, interview_url, ingestion_id, error_code) END)
      INTO some_claimed, some_answers FROM judged;
    its_claimed := its_claimed + some_claimed;
    all_answers := all_answers || some_answers;
  END LOOP;
  IF its_claimed > 0 THEN
    UPDATE heymilo.journal_posting SET claims = claims + 1,
        undated = undated OR its_sent_at IS NULL, newest_us = greatest(newest_us, its_sent_at)
      WHERE posting = its_posting;
  END IF;
  RETURN json_build_object('outcome', 'good', 'answers', all_answers);
END
$heymilo$;

CREATE OR REPLACE FUNCTION heymilo.journal_settle(request jsonb) RETURNS json
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $heymilo$
DECLARE
  its_posting CONSTANT text := request->>'posting';
  its_worker CONSTANT text := request->>'worker';
  its_outcome text;
  its_claims bigint;
  some_new bigint;
  some_twice bigint;
  all_twice bigint := 0;
BEGIN
  its_outcome := heymilo.journal_begin(request);
  IF heymilo.journal_is_other(request) THEN
    RETURN json_build_object('outcome', its_outcome, 'twice', 0);
  END IF;
  FOR its_turn IN 1..(request->>'turns')::integer LOOP
    SELECT claims INTO STRICT its_claims FROM heymilo.journal_posting WHERE posting = its_posting;
    WITH results AS MATERIALIZED (
      SELECT x.*, r.key IS NULL AS is_new, r.claim = x.claim AS is_same, r.state AS old,
          r.state IN ('in_flight', 'in_doubt', 'unsent', 'unresolved') AS is_open,
          r.late_ingestion_id, r.state = 'ingested' AND r.interview_id NOT IN ('', x.interview_id)
            AS is_other
        FROM jsonb_to_recordset(request->'results') AS x(at integer, turn integer, key text,
          digest text, claim text, state text, async boolean, failed boolean, undated boolean,
          interview_id text, interview_url text, ingestion_id text, error_code text,
          received_at_us bigint)
        LEFT JOIN LATERAL (SELECT * FROM heymilo.journal_record
          WHERE posting = its_posting AND key = x.key OFFSET 0) AS r ON true
        WHERE x.turn = its_turn),
    judged AS MATERIALIZED (
      SELECT *, CASE
          WHEN is_new THEN CASE WHEN state IN ('ingested', 'queued', 'in_doubt') THEN state END
          WHEN state = 'ingested' THEN CASE WHEN is_other THEN 'twice' ELSE state END
          WHEN state = 'queued' AND is_open THEN CASE WHEN is_same THEN state ELSE 'late' END
          WHEN state = 'rejected' AND is_open AND is_same THEN state
          WHEN state = 'unsent' AND is_same AND old IN ('in_flight', 'in_doubt') THEN
            CASE WHEN late_ingestion_id = '' THEN state ELSE 'queued late' END
          WHEN state = 'in_doubt' AND is_same AND old IN ('in_flight', 'unsent') THEN state
          END AS fate
        FROM results),
    added AS (
      INSERT INTO heymilo.journal_record (posting, key, digest, state, owner, claim, claimed,
          async, failures, received_at_us, interview_id, interview_url, ingestion_id)
        SELECT its_posting, key, digest, state, its_worker, claim,
            its_claims + row_number() OVER (ORDER BY at), async,
            CASE WHEN state = 'in_doubt' AND failed THEN 1 ELSE 0 END,
            CASE WHEN state = 'ingested' THEN received_at_us END,
            CASE WHEN state = 'ingested' THEN interview_id ELSE '' END,
            CASE WHEN state = 'ingested' THEN interview_url ELSE '' END,
            CASE WHEN state = 'queued' THEN ingestion_id ELSE '' END
          FROM judged WHERE is_new AND fate IS NOT NULL),
    changed AS (
      UPDATE heymilo.journal_record r SET
          state = CASE fate WHEN 'twice' THEN r.state WHEN 'late' THEN r.state
            WHEN 'queued late' THEN 'queued' ELSE fate END,
          received_at_us = CASE WHEN fate IN ('ingested', 'twice') AND is_same
            THEN j.received_at_us ELSE r.received_at_us END,
          interview_id = CASE fate WHEN 'ingested' THEN j.interview_id ELSE r.interview_id END,
          interview_url = CASE fate WHEN 'ingested' THEN j.interview_url ELSE r.interview_url END,
          other_interview_ids = CASE
            WHEN fate = 'twice' AND j.interview_id <> ALL (r.other_interview_ids)
            THEN r.other_interview_ids || j.interview_id ELSE r.other_interview_ids END,
          ingestion_id = CASE fate WHEN 'queued' THEN j.ingestion_id
            WHEN 'queued late' THEN r.late_ingestion_id ELSE r.ingestion_id END,
          late_ingestion_id = CASE fate WHEN 'late' THEN j.ingestion_id
            ELSE r.late_ingestion_id END,
          error_code = CASE fate WHEN 'rejected' THEN j.error_code ELSE r.error_code END,
          failures = r.failures + CASE WHEN fate = 'in_doubt' AND j.failed THEN 1 ELSE 0 END,
          sent_at_us = CASE WHEN fate = 'in_doubt' AND j.undated THEN NULL ELSE r.sent_at_us END
        FROM judged j WHERE fate IS NOT NULL AND NOT is_new
          AND r.posting = its_posting AND r.key = j.key)
    SELECT count(*) FILTER (WHERE is_new AND fate IS NOT NULL), count(*) FILTER (WHERE fate = 'twice')
      INTO some_new, some_twice FROM judged;
    all_twice := all_twice + some_twice;
    IF some_new > 0 THEN
      UPDATE heymilo.journal_posting SET claims = claims + some_new WHERE posting = its_posting;
    END IF;
  END LOOP;
  RETURN json_build_object('outcome', its_outcome, 'twice', all_twice);
END
$heymilo$;
)sql";

}  // namespace heymilo::postgres
