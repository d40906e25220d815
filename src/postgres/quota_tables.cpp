#include "postgres/quota_sql.hpp"

namespace heymilo::postgres {

// The statements of one quota are carried out one after the other, as each begins with a lock of
// the quota's row. No two clocks are compared, and no session state is used. `seen` is for people
// and for status() alone.
const char* const kQuotaTables = R"sql(
SELECT pg_advisory_xact_lock(7521830961);

-- [tables]
CREATE SCHEMA IF NOT EXISTS heymilo;

CREATE TABLE IF NOT EXISTS heymilo.version (
  component text PRIMARY KEY,
  version integer NOT NULL
);

-- One row a quota.
CREATE TABLE IF NOT EXISTS heymilo.quota (
  quota text PRIMARY KEY,              -- 'key:' and a hash of the API key, or 'name:' and a name
  key text NOT NULL,                   -- the hash of the API key; '': not known
  requests integer NOT NULL,           -- N
  per_ms bigint NOT NULL,              -- W
  longest_outlast_ms bigint NOT NULL,  -- the highest outlast_ms there ever was
  incarnation text NOT NULL,           -- of the server that wrote the rows
  epoch text NOT NULL,                 -- of the rows: another one after each reset
  turn bigint NOT NULL,                -- counts who took slots
  hold_id bigint NOT NULL,             -- counts the 429s
  hold_ms bigint NOT NULL              -- how much longer the last one lasts
);

-- One row a member: a client with its copies, in one process.
CREATE TABLE IF NOT EXISTS heymilo.quota_holder (
  quota text NOT NULL REFERENCES heymilo.quota ON DELETE CASCADE,
  holder text NOT NULL,                -- a random name; 'ghost:' and one: of former rows
  name text NOT NULL,                  -- host and pid, for people
  seq bigint NOT NULL,                 -- of its last statement: its beat
  gone boolean NOT NULL,               -- it has left, and some of its slots still rest
  reserved integer NOT NULL,
  outlast_ms bigint NOT NULL,          -- who has seen seq unchanged for so long may take its slots
  waited_ms bigint NOT NULL,           -- a lower bound of the time since seq was written
  in_use integer NOT NULL,
  resting integer NOT NULL,
  waiting_interactive integer NOT NULL,
  waiting_bulk integer NOT NULL,
  wants integer NOT NULL,
  wants_reserved integer NOT NULL,
  turn bigint NOT NULL,
  seen timestamptz NOT NULL,           -- of its last statement, for people
  PRIMARY KEY (quota, holder)
) WITH (fillfactor = 50);

-- N rows a quota.
CREATE TABLE IF NOT EXISTS heymilo.quota_slot (
  quota text NOT NULL REFERENCES heymilo.quota ON DELETE CASCADE,
  slot integer NOT NULL,
  owner text,                          -- a holder; NULL: it has rested, and is nobody's
  rests_ms bigint NOT NULL,            -- of a gone holder's slot: from when it was seen to be gone
  PRIMARY KEY (quota, slot),
  -- Nobody would wait out slots whose owner has no row: a DELETE of that row alone is refused.
  FOREIGN KEY (quota, owner) REFERENCES heymilo.quota_holder DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor = 50);

-- [/tables]
CREATE OR REPLACE FUNCTION heymilo.quota_incarnation() RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
  SELECT (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint::text
    || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
    || '/' || 'heymilo.quota_slot'::regclass::oid::text
    || '/' || pg_relation_filenode('heymilo.quota_slot'::regclass)::text
$heymilo$;

CREATE OR REPLACE FUNCTION heymilo.quota_sync(request jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $heymilo$
DECLARE
  its_quota CONSTANT text := request->>'quota';
  its_holder CONSTANT text := request->>'holder';
  its_action CONSTANT text := request->>'action';
  its_seq CONSTANT bigint := (request->>'seq')::bigint;
  its_outlast CONSTANT bigint := (request->>'outlast_ms')::bigint;
  its_hold CONSTANT bigint := (request->>'hold_ms')::bigint;
  place text;
  ghost text;
  reserve integer;
  touched integer;
  q heymilo.quota;
  me heymilo.quota_holder;
  other record;
BEGIN
  -- Each statement in here must see what others have committed.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'heymilo.quota_sync() needs the isolation level read committed'
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
  -- A crash of one backend loses commits that were not flushed, and the server's start time stays.
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'local', true);
  END IF;
  PERFORM set_config('lock_timeout', request->>'lock_timeout_ms', true);

  SELECT * INTO q FROM heymilo.quota WHERE quota = its_quota FOR UPDATE;
  IF NOT FOUND THEN
    IF its_action <> 'join' THEN
      RETURN jsonb_build_object('outcome', 'lost');
    END IF;
    INSERT INTO heymilo.quota VALUES (its_quota, request->>'key', (request->>'requests')::integer,
      (request->>'per_ms')::bigint, its_outlast, '', '', 0, 0, 0) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT q FROM heymilo.quota WHERE quota = its_quota FOR UPDATE;
  END IF;
  IF q.requests <> (request->>'requests')::integer OR q.per_ms <> (request->>'per_ms')::bigint THEN
    RETURN jsonb_build_object('outcome', 'terms', 'requests', q.requests, 'per_ms', q.per_ms);
  END IF;
  IF q.key <> request->>'key' THEN
    IF q.key <> '' AND request->>'key' <> '' THEN
      RETURN jsonb_build_object('outcome', 'key');
    ELSIF q.key = '' THEN
      UPDATE heymilo.quota SET key = request->>'key' WHERE quota = its_quota;
    END IF;
  END IF;
  IF its_outlast > q.longest_outlast_ms THEN
    UPDATE heymilo.quota SET longest_outlast_ms = its_outlast WHERE quota = its_quota;
    q.longest_outlast_ms := its_outlast;
  END IF;

  -- Rows of another server, or of a copy of this one: a ghost's, who is waited out.
  place := heymilo.quota_incarnation();
  SELECT * INTO me FROM heymilo.quota_holder WHERE quota = its_quota AND holder = its_holder;
  IF q.incarnation <> place OR me.seq < (request->>'acked')::bigint THEN
    ghost := 'ghost:' || gen_random_uuid();
    SELECT greatest(max(outlast_ms), q.longest_outlast_ms) INTO q.longest_outlast_ms
      FROM heymilo.quota_holder WHERE quota = its_quota;
    DELETE FROM heymilo.quota_holder WHERE quota = its_quota;
    INSERT INTO heymilo.quota_holder VALUES (its_quota, ghost, 'former rows', 0, false, 0,
      q.longest_outlast_ms, 0, 0, 0, 0, 0, 0, 0, 0, clock_timestamp());
    INSERT INTO heymilo.quota_slot
      SELECT its_quota, number, ghost, 0 FROM generate_series(0, q.requests - 1) AS number
      ON CONFLICT (quota, slot) DO UPDATE SET owner = excluded.owner, rests_ms = 0;
    DELETE FROM heymilo.quota_slot WHERE quota = its_quota AND slot >= q.requests;
    q.epoch := gen_random_uuid();
    UPDATE heymilo.quota SET incarnation = place, epoch = q.epoch WHERE quota = its_quota;
    me := NULL;
  END IF;
  IF its_action <> 'join' AND q.epoch <> request->>'epoch' THEN
    RETURN jsonb_build_object('outcome', 'restored', 'epoch', q.epoch);
  END IF;

  -- The holder's row: only a statement that is later than its last one is carried out.
  IF me.holder IS NULL THEN
    IF its_action NOT IN ('join', 'claim') THEN
      RETURN jsonb_build_object('outcome', 'lost');
    END IF;
    INSERT INTO heymilo.quota_holder VALUES (its_quota, its_holder, request->>'name', its_seq,
      false, 0, its_outlast, 0, 0, 0, 0, 0, 0, 0, 0, clock_timestamp());
  ELSIF me.seq >= its_seq OR me.gone THEN
    RETURN jsonb_build_object('outcome', 'stale');
  END IF;
  UPDATE heymilo.quota_holder SET
      seq = its_seq,
      waited_ms = 0,
      reserved = (request->>'reserved')::integer,
      outlast_ms = greatest(outlast_ms, its_outlast),
      in_use = (request->>'in_use')::integer,
      resting = (request->>'resting')::integer,
      waiting_interactive = (request->>'waiting_interactive')::integer,
      waiting_bulk = (request->>'waiting_bulk')::integer,
      wants = (request->>'wants')::integer,
      wants_reserved = (request->>'wants_reserved')::integer,
      seen = clock_timestamp()
    WHERE quota = its_quota AND holder = its_holder;

  -- A 429: durations, as each sharer's clock measures them.
  IF (request->>'new_hold')::boolean THEN
    q.hold_ms := CASE WHEN (request->>'hold_id')::bigint = q.hold_id THEN its_hold
      ELSE greatest(q.hold_ms, its_hold) END;
    q.hold_id := q.hold_id + 1;
    UPDATE heymilo.quota SET hold_id = q.hold_id, hold_ms = q.hold_ms WHERE quota = its_quota;
  ELSIF (request->>'hold_id')::bigint = q.hold_id AND its_hold < q.hold_ms THEN
    q.hold_ms := its_hold;
    UPDATE heymilo.quota SET hold_ms = q.hold_ms WHERE quota = its_quota;
  END IF;

  -- What it knows to be its own, of the rows of a former server.
  IF its_action = 'claim' THEN
    UPDATE heymilo.quota_slot SET owner = its_holder, rests_ms = 0
      WHERE quota = its_quota AND owner LIKE 'ghost:%'
        AND slot IN (SELECT jsonb_array_elements_text(request->'claims')::integer);
  END IF;
  -- What has rested.
  IF jsonb_array_length(request->'give') > 0 THEN
    UPDATE heymilo.quota_slot SET owner = NULL, rests_ms = 0
      WHERE quota = its_quota AND owner = its_holder
        AND slot IN (SELECT jsonb_array_elements_text(request->'give')::integer);
  END IF;
  -- Who was seen unchanged, and for how long at least. The longest of these bounds is kept: waits
  -- are never added up, as they overlap.
  FOR other IN
    SELECT h.holder, h.gone, h.outlast_ms, greatest(h.waited_ms, seen.waited_ms) AS waited_ms
      FROM jsonb_to_recordset(request->'unchanged')
        AS seen(holder text, seq bigint, waited_ms bigint)
      JOIN heymilo.quota_holder h
        ON h.quota = its_quota AND h.holder = seen.holder AND h.seq = seen.seq
  LOOP
    UPDATE heymilo.quota_slot SET owner = NULL, rests_ms = 0
      WHERE quota = its_quota AND owner = other.holder
        AND other.waited_ms >= CASE WHEN other.gone THEN rests_ms ELSE other.outlast_ms END;
    IF (other.gone OR other.waited_ms >= other.outlast_ms) AND NOT EXISTS (
        SELECT FROM heymilo.quota_slot WHERE quota = its_quota AND owner = other.holder) THEN
      DELETE FROM heymilo.quota_holder WHERE quota = its_quota AND holder = other.holder;
    ELSE
      UPDATE heymilo.quota_holder SET waited_ms = other.waited_ms
        WHERE quota = its_quota AND holder = other.holder AND waited_ms < other.waited_ms;
    END IF;
  END LOOP;

  IF its_action = 'leave' THEN
    UPDATE heymilo.quota_slot s SET
        owner = CASE WHEN rest.slot IS NULL THEN NULL ELSE s.owner END,
        rests_ms = coalesce(rest.rests_ms, 0)
      FROM heymilo.quota_slot own LEFT JOIN jsonb_to_recordset(request->'left')
        AS rest(slot integer, rests_ms bigint) ON rest.slot = own.slot
      WHERE own.quota = its_quota AND own.owner = its_holder
        AND s.quota = its_quota AND s.slot = own.slot;
    UPDATE heymilo.quota_holder SET gone = true, reserved = 0, waiting_interactive = 0,
        waiting_bulk = 0, wants = 0, wants_reserved = 0, in_use = 0,
        resting = jsonb_array_length(request->'left')
      WHERE quota = its_quota AND holder = its_holder;
    DELETE FROM heymilo.quota_holder WHERE quota = its_quota AND holder = its_holder
      AND NOT EXISTS (
        SELECT FROM heymilo.quota_slot WHERE quota = its_quota AND owner = its_holder);
  END IF;

  SELECT coalesce(max(reserved), 0) INTO reserve
    FROM heymilo.quota_holder WHERE quota = its_quota AND NOT gone;
  IF its_action <> 'leave' AND
      (request->>'take')::integer + (request->>'take_reserved')::integer > 0 THEN
    UPDATE heymilo.quota_slot SET owner = its_holder WHERE quota = its_quota AND slot IN (
      (SELECT slot FROM heymilo.quota_slot
        WHERE quota = its_quota AND owner IS NULL AND slot >= reserve
        ORDER BY slot LIMIT (request->>'take')::integer)
      UNION ALL
      (SELECT slot FROM heymilo.quota_slot
        WHERE quota = its_quota AND owner IS NULL AND slot < reserve
        ORDER BY slot LIMIT (request->>'take_reserved')::integer));
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched > 0 THEN
      UPDATE heymilo.quota SET turn = turn + 1 WHERE quota = its_quota RETURNING turn INTO q.turn;
      UPDATE heymilo.quota_holder SET turn = q.turn
        WHERE quota = its_quota AND holder = its_holder;
    END IF;
  END IF;

  RETURN jsonb_build_object('outcome', 'good', 'epoch', q.epoch, 'reserved', reserve,
      'hold_id', q.hold_id, 'hold_ms', q.hold_ms,
      'turn', (SELECT h.turn FROM heymilo.quota_holder h
        WHERE h.quota = its_quota AND h.holder = its_holder))
    || (SELECT jsonb_build_object(
          'slots', coalesce(jsonb_agg(slot ORDER BY slot) FILTER (WHERE owner = its_holder), '[]'),
          'free', count(*) FILTER (WHERE owner IS NULL AND slot >= reserve),
          'free_reserved', count(*) FILTER (WHERE owner IS NULL AND slot < reserve))
        FROM heymilo.quota_slot WHERE quota = its_quota)
    || jsonb_build_object('holders', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'holder', h.holder, 'seq', h.seq, 'gone', h.gone, 'outlast_ms', h.outlast_ms,
            'waited_ms', h.waited_ms, 'waiting_interactive', h.waiting_interactive, 'waiting_bulk', h.waiting_bulk,
            'wants', h.wants, 'wants_reserved', h.wants_reserved, 'turn', h.turn,
            'owned', coalesce(s.owned, 0), 'owned_reserved', coalesce(s.owned_reserved, 0),
            'rests_ms', CASE WHEN h.gone THEN coalesce(s.rests_ms, '[]') ELSE '[]' END)
            ORDER BY h.holder), '[]')
          FROM heymilo.quota_holder h
          LEFT JOIN (SELECT owner, count(*) FILTER (WHERE slot >= reserve) AS owned,
              count(*) FILTER (WHERE slot < reserve) AS owned_reserved,
              jsonb_agg(rests_ms ORDER BY slot) AS rests_ms
            FROM heymilo.quota_slot WHERE quota = its_quota AND owner IS NOT NULL
            GROUP BY owner) s ON s.owner = h.holder
          WHERE h.quota = its_quota AND h.holder <> its_holder));
END
$heymilo$;

INSERT INTO heymilo.version VALUES ('quota', 1) ON CONFLICT DO NOTHING;
)sql";

}  // namespace heymilo::postgres
