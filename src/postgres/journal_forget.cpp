#include "postgres/journal_sql.hpp"

namespace heymilo::postgres {

// The conditions are those of the rows as they are when they are locked. What is deleted for SQL is
// in the tables' files until VACUUM has been there, as with all that PostgreSQL deletes.
std::string forgetKeysSql(bool outbox) {
  std::string sql = R"sql(
WITH own AS (
  SELECT posting FROM heymilo.journal_posting WHERE posting = $1 FOR UPDATE),
deleted AS MATERIALIZED (
  SELECT key, ids FROM jsonb_to_recordset($2::jsonb) AS x(key text, ids jsonb)),
forgotten AS (
  UPDATE heymilo.journal_record r SET digest = '', owner = '', claim = '', claimed = 0,
      async = false, doubted = 0, failures = 0, sent_at_us = NULL, received_at_us = NULL,
      interview_id = '', interview_url = '', ingestion_id = '', error_code = '',
      other_interview_ids = '{}', late_ingestion_id = ''
    FROM own, deleted x
    WHERE r.posting = own.posting AND r.key = x.key AND r.state = 'ingested'
      AND r.interview_id <> '' AND x.ids ? r.interview_id
      AND to_jsonb(r.other_interview_ids) <@ x.ids
    RETURNING r.key))sql";
  if (outbox) {
    sql += R"sql(,
of_outbox AS (
  UPDATE heymilo.outbox o SET interview_id = NULL, digest = ''
    FROM (SELECT jsonb_array_elements_text(x.ids) AS id FROM forgotten JOIN deleted x USING (key))
      AS i
    WHERE o.posting_id = $1 AND o.interview_id = i.id))sql";
  }
  return sql + "\nSELECT count(*) FROM forgotten";
}

}  // namespace heymilo::postgres
