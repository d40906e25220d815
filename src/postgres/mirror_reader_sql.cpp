#include "postgres/mirror_reader_sql.hpp"

namespace heymilo::postgres {

namespace {

/// A time as the model has it. Infinite ones are those that PostgreSQL has no other value for.
std::string microsecondsOf(const std::string& column) {
  return "CASE WHEN isfinite(" + column + ") THEN round(extract(epoch FROM " + column +
         ") * 1000000)::bigint END";
}

}  // namespace

const char* const kFindMirror =
    "SELECT (to_regclass('heymilo.candidates') IS NOT NULL AND "
    "to_regclass('heymilo.mirror') IS NOT NULL)::integer";

const char* const kRights =
    "SELECT (has_column_privilege('heymilo.mirror', 'posting', 'SELECT') "
    "AND has_column_privilege('heymilo.mirror', 'watermark_us', 'SELECT') "
    "AND has_column_privilege('heymilo.mirror', 'walk', 'SELECT'))::integer, "
    "has_table_privilege('heymilo.candidate_tombstones', 'SELECT')::integer, "
    "has_column_privilege('heymilo.mirror', 'last_walk', 'SELECT')::integer";

const char* postingsSql(const ReaderRights& rights) {
  return rights.state ? "SELECT posting FROM heymilo.mirror ORDER BY posting"
                      : "SELECT DISTINCT posting FROM heymilo.candidates ORDER BY posting";
}

std::string figuresSql(const ReaderRights& rights, bool with_names) {
  std::string sql =
      "WITH counts AS (SELECT count(gone_at) AS gone, max(last_seen) AS read_at "
      "FROM heymilo.candidates WHERE posting = $1) "
      "SELECT jsonb_build_array('counts', gone, " +
      microsecondsOf("read_at") +
      ")::text FROM counts "
      "UNION ALL SELECT jsonb_build_array('candidate', status, score, shortlisted, dismissed, " +
      microsecondsOf("created_at") + ", " + microsecondsOf("interviewed_at") +
      ", document -> 'workflow', (SELECT " + microsecondsOf("min(observed_at)") +
      " FROM heymilo.candidate_history h WHERE h.posting = c.posting "
      "AND h.interview_id = c.interview_id AND h.status = 'completed'))::text "
      "FROM heymilo.candidates c WHERE posting = $1 AND gone_at IS NULL "
      "UNION ALL SELECT jsonb_build_array('change', h.status, h.current_step_id, "
      "h.current_step_order, " +
      microsecondsOf("h.observed_at") + ", c.score, " + (with_names ? "c.name" : "''") +
      ")::text FROM heymilo.candidate_history h JOIN heymilo.candidates c "
      "USING (posting, interview_id) CROSS JOIN counts WHERE h.posting = $1 AND c.gone_at IS NULL "
      "AND h.observed_at > counts.read_at - $2::bigint * interval '1 microsecond' "
      "AND EXISTS (SELECT 1 FROM heymilo.candidate_history e WHERE e.posting = h.posting "
      "AND e.interview_id = h.interview_id AND e.observed_at < h.observed_at)";
  if (rights.state) {
    sql +=
        " UNION ALL SELECT jsonb_build_array('state', watermark_us, walk IS NOT NULL, "
        "CASE WHEN watermark_us IS NOT NULL THEN true WHEN walk IS NOT NULL THEN false "
        "WHEN (SELECT read_at FROM counts) IS NOT NULL THEN true" +
        std::string(rights.walks ? " ELSE last_walk > 0" : "") +
        " END)::text FROM heymilo.mirror WHERE posting = $1";
  }
  if (rights.tombstones) {
    sql +=
        " UNION ALL SELECT jsonb_build_array('erased', count(*))::text "
        "FROM heymilo.candidate_tombstones WHERE posting = $1";
  }
  return sql;
}

}  // namespace heymilo::postgres
