#include "postgres/mirror_sql.hpp"

#include <string_view>

#include "heymilo/pagination.hpp"

namespace heymilo::postgres {

namespace {

using workflows::CandidateColumn;
using workflows::ColumnKind;

const char* typeOf(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::boolean:
      return "boolean";
    case ColumnKind::integer:
      return "bigint";
    case ColumnKind::real:
      return "double precision";
    case ColumnKind::moment:
      return "timestamptz";
    case ColumnKind::text:
      break;
  }
  return "text";
}

/// `'completed', …`: the final states, in which a candidate no longer changes by itself.
std::string finalStates() {
  std::string finals;
  for (const std::string_view text : CandidateStatus::texts) {
    if (isFinal(CandidateStatus(text))) {
      finals += (finals.empty() ? "'" : ", '") + std::string(text) + '\'';
    }
  }
  return finals;
}

/// In the window from $2 to $3, where NULL is an open end.
std::string inWindow() {
  return "isfinite(created_at) AND created_at "
         "BETWEEN coalesce($2::timestamptz, '-infinity'::timestamptz) "
         "AND coalesce($3::timestamptz, 'infinity'::timestamptz)";
}

// The lock is the one of all components: whoever makes tables.
constexpr const char* kBegin = R"sql(
SELECT pg_advisory_xact_lock(7521830961);

CREATE SCHEMA IF NOT EXISTS heymilo;

CREATE TABLE IF NOT EXISTS heymilo.version (
  component text PRIMARY KEY,
  version integer NOT NULL
);

-- One row a posting.
CREATE TABLE IF NOT EXISTS heymilo.mirror (
  posting text COLLATE "C" PRIMARY KEY,
  run text NOT NULL,                   -- a random name of the last run: no other one stores
  last_walk bigint NOT NULL DEFAULT 0,
  watermark_us bigint,                 -- microseconds since 1970, as in walk
  last_full_us bigint,                 -- when the last walk over everything began
  walk jsonb,                          -- the unfinished one
  erasure_key text NOT NULL            -- of the tombstones
);
)sql";

// candidate_tombstones has no reference: it is all that is left.
constexpr const char* kEnd = R"sql(
CREATE TABLE IF NOT EXISTS heymilo.candidate_history (
  posting text COLLATE "C" NOT NULL,
  interview_id text COLLATE "C" NOT NULL,
  status text NOT NULL,
  current_step_id text,
  current_step_order bigint,
  observed_at timestamptz NOT NULL,
  FOREIGN KEY (interview_id, posting) REFERENCES heymilo.candidates ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS candidate_history_of
  ON heymilo.candidate_history (interview_id, posting, observed_at);
CREATE INDEX IF NOT EXISTS candidate_history_status
  ON heymilo.candidate_history (status, observed_at);

CREATE TABLE IF NOT EXISTS heymilo.candidate_tombstones (
  posting text COLLATE "C" NOT NULL,
  tombstone text COLLATE "C" NOT NULL,
  erased_at timestamptz NOT NULL,
  PRIMARY KEY (posting, tombstone)
);

CREATE INDEX IF NOT EXISTS candidates_created_at ON heymilo.candidates (posting, created_at);
CREATE INDEX IF NOT EXISTS candidates_there ON heymilo.candidates (posting, created_at)
  WHERE gone_at IS NULL;
CREATE INDEX IF NOT EXISTS candidates_status ON heymilo.candidates (posting, status)
  WHERE gone_at IS NULL;
CREATE INDEX IF NOT EXISTS candidates_gone ON heymilo.candidates (posting, gone_at)
  WHERE gone_at IS NOT NULL;
)sql";

}  // namespace

std::string mirrorScript(const std::vector<CandidateColumn>& columns) {
  // The properties are the first columns, for people who look at a row.
  std::string script = kBegin;
  script +=
      "CREATE TABLE IF NOT EXISTS heymilo.candidates (interview_id text COLLATE \"C\" NOT NULL";
  for (const CandidateColumn& column : columns) {
    if (column.name != "interview_id") {
      script += ", " + column.name + ' ' + typeOf(column.kind);
    }
  }
  script +=
      ", current_step_id text, current_step_order bigint, document jsonb NOT NULL, "
      "first_seen timestamptz NOT NULL, last_seen timestamptz NOT NULL, "
      "changed_at timestamptz NOT NULL, gone_at timestamptz, "
      "posting text COLLATE \"C\" NOT NULL REFERENCES heymilo.mirror, walk bigint NOT NULL, "
      "PRIMARY KEY (interview_id, posting)) WITH (fillfactor = 80);\n";
  script += kEnd;
  script +=
      "CREATE INDEX IF NOT EXISTS candidates_open ON heymilo.candidates (posting, created_at) "
      "WHERE gone_at IS NULL AND status NOT IN (" +
      finalStates() + ");\n";
  return script + "INSERT INTO heymilo.version VALUES ('mirror', " +
         std::to_string(kMirrorVersion) + ") ON CONFLICT DO NOTHING;\n";
}

std::string addColumnSql(const CandidateColumn& column) {
  return "ALTER TABLE heymilo.candidates ADD COLUMN IF NOT EXISTS " + column.name + ' ' +
         typeOf(column.kind);
}

const char* const kClaimMirror =
    "INSERT INTO heymilo.mirror AS m (posting, run, erasure_key) VALUES ($1, $2, $3) "
    "ON CONFLICT (posting) DO UPDATE SET run = excluded.run "
    "RETURNING 1, m.last_walk, m.watermark_us, m.walk::text, m.erasure_key, m.last_full_us";

std::string nextOpenSql() {
  return "SELECT floor(extract(epoch FROM min(created_at)) * 1000000)::bigint "
         "FROM heymilo.candidates WHERE posting = $1 AND " +
         inWindow() + " AND gone_at IS NULL AND status NOT IN (" + finalStates() + ')';
}

std::string countCandidatesSql() {
  return "SELECT (SELECT count(*) FROM heymilo.candidates WHERE posting = $1 AND gone_at IS NULL "
         "AND " +
         inWindow() +
         "), (SELECT count(*) FROM heymilo.candidates WHERE posting = $1 AND gone_at IS NULL "
         "AND (created_at IS NULL OR created_at IN ('-infinity', 'infinity')))";
}

std::string createdAtSql() {
  return "SELECT floor(extract(epoch FROM created_at) * 1000000)::bigint FROM heymilo.candidates "
         "WHERE posting = $1 AND gone_at IS NULL AND " +
         inWindow() + " ORDER BY created_at LIMIT 1 OFFSET $4::bigint";
}

const char* const kReadPage =
    "SELECT interview_id, document::text, status, current_step_id, current_step_order, "
    "(gone_at IS NOT NULL)::integer FROM heymilo.candidates WHERE posting = $1 "
    "AND interview_id IN (SELECT jsonb_array_elements_text($2::jsonb)) "
    "UNION ALL SELECT NULL, tombstone, NULL, NULL, NULL, NULL FROM heymilo.candidate_tombstones "
    "WHERE posting = $1 AND tombstone IN (SELECT jsonb_array_elements_text($3::jsonb))";

// One statement is one transaction. Its parts see the database as it was before, so that a new row
// is compared with the old one. A statement of an earlier run that waits for the lock finds another
// name after that, and nothing is stored.
std::string storePageSql(const std::vector<CandidateColumn>& columns) {
  std::string names, typed, updates;
  for (const CandidateColumn& column : columns) {
    names += column.name + ", ";
    typed += column.name + ' ' + typeOf(column.kind) + ", ";
    if (column.name != "interview_id") {
      updates += column.name + " = excluded." + column.name + ", ";
    }
  }
  std::string values;
  for (const CandidateColumn& column : columns) {
    values += "r." + column.name + ", ";
  }
  return "WITH own AS (UPDATE heymilo.mirror SET last_walk = $3::bigint, walk = $4::jsonb "
         "WHERE posting = $1 AND run = $2 RETURNING posting), "
         "stored AS (INSERT INTO heymilo.candidates (" +
         names +
         "current_step_id, current_step_order, document, first_seen, last_seen, changed_at, "
         "posting, walk) SELECT " +
         values +
         "r.current_step_id, r.current_step_order, r.document, now(), now(), "
         "CASE WHEN r.differs THEN now() ELSE coalesce(c.changed_at, now()) END, own.posting, "
         "$3::bigint FROM own CROSS JOIN jsonb_to_recordset($5::jsonb) AS r(" +
         typed +
         "current_step_id text, current_step_order bigint, document jsonb, differs boolean) "
         "LEFT JOIN heymilo.candidates c ON c.interview_id = r.interview_id "
         "AND c.posting = own.posting "
         "ON CONFLICT (interview_id, posting) DO UPDATE SET " +
         updates +
         "current_step_id = excluded.current_step_id, "
         "current_step_order = excluded.current_step_order, document = excluded.document, "
         "last_seen = excluded.last_seen, changed_at = excluded.changed_at, gone_at = NULL, "
         "walk = excluded.walk), "
         "moved AS (INSERT INTO heymilo.candidate_history (posting, interview_id, status, "
         "current_step_id, current_step_order, observed_at) SELECT own.posting, h.interview_id, "
         "h.status, h.current_step_id, h.current_step_order, clock_timestamp() FROM own CROSS JOIN "
         "jsonb_to_recordset($6::jsonb) AS h(interview_id text, status text, current_step_id text, "
         "current_step_order bigint)) "
         "SELECT count(*) FROM own";
}

const char* const kKeepCandidate =
    "WITH own AS (SELECT posting FROM heymilo.mirror WHERE posting = $1 AND run = $2 FOR UPDATE), "
    "kept AS (UPDATE heymilo.candidates c SET walk = $3::bigint, gone_at = NULL FROM own "
    "WHERE c.posting = own.posting AND c.interview_id = $4) "
    "SELECT count(*) FROM own";

const char* const kFinishWalk =
    "WITH own AS (UPDATE heymilo.mirror SET last_walk = $3::bigint, watermark_us = $4::bigint, "
    "walk = NULL, last_full_us = coalesce($7::bigint, last_full_us) WHERE posting = $1 AND run = "
    "$2 RETURNING posting), "
    "ahead AS (UPDATE heymilo.candidates c SET gone_at = now() FROM own "  // the clock was
    "WHERE c.posting = own.posting AND c.gone_at > now()), "
    "gone AS (UPDATE heymilo.candidates c SET gone_at = now() FROM own "
    "WHERE c.posting = own.posting AND c.gone_at IS NULL AND c.walk <> $3::bigint "
    "AND ($5::timestamptz IS NULL OR c.created_at >= $5::timestamptz) "
    "AND ($6::timestamptz IS NULL OR c.created_at <= $6::timestamptz) RETURNING 1) "
    "SELECT (SELECT count(*) FROM own), (SELECT count(*) FROM gone)";

std::string countDueSql() {
  return "SELECT count(*), floor(extract(epoch FROM min(created_at) "
         "FILTER (WHERE isfinite(created_at))))::bigint, "
         "count(*) FILTER (WHERE created_at IS NULL OR NOT isfinite(created_at)) "
         "FROM heymilo.candidates WHERE posting = $1 AND gone_at < $4::timestamptz "
         "AND (created_at IS NULL OR NOT isfinite(created_at) OR " +
         inWindow() + ')';
}

const char* const kListDue =
    "SELECT interview_id FROM heymilo.candidates WHERE posting = $1 "
    "AND gone_at < $2::timestamptz AND walk <> $3::bigint "
    "AND ($4::timestamptz IS NULL OR created_at >= $4::timestamptz) "
    "AND ($5::timestamptz IS NULL OR created_at <= $5::timestamptz)";

const char* const kEraseCandidates =
    "WITH own AS (SELECT posting FROM heymilo.mirror WHERE posting = $1 AND run = $2 FOR UPDATE), "
    "erased AS (DELETE FROM heymilo.candidates c USING own, "
    "jsonb_to_recordset($3::jsonb) AS e(interview_id text, tombstone text) "
    "WHERE c.posting = own.posting AND c.interview_id = e.interview_id AND c.gone_at IS NOT NULL "
    "RETURNING c.posting, e.tombstone), "
    "buried AS (INSERT INTO heymilo.candidate_tombstones (posting, tombstone, erased_at) "
    "SELECT posting, tombstone, now() FROM erased ON CONFLICT DO NOTHING) "
    "SELECT (SELECT count(*) FROM own), (SELECT count(*) FROM erased)";

}  // namespace heymilo::postgres
