#pragma once

#include <memory>
#include <string>

#include "heymilo/workflows/mirror.hpp"

namespace heymilo::postgres {

/// The mirror of a posting in PostgreSQL: a target of mirrorCandidates(). `url` is postgresql://...
/// or postgres://..., with the parameters of libpq; a password is better kept in ~/.pgpass or a
/// service file. The encoding of the database has to be UTF8. Nothing is connected before the first
/// operation, which makes the schema `heymilo` and its tables where there are none. Any number of
/// postings can be mirrored into one database.
///
/// Table `heymilo.candidates`, primary key `interview_id` and `posting`:
///
/// - a column for each scalar property of CandidateResponse, with its name: `text`, `boolean`,
///   `bigint`, `double precision`, or `timestamptz` for a time; a property that the API did not
///   send is NULL, or the schema's default if it has one;
/// - `current_step_id` and `current_step_order`: of the workflow's first step in progress, or NULL;
/// - `document`, jsonb: the candidate's complete JSON as decoded, with undocumented properties, and
///   without null properties;
/// - `first_seen`, `last_seen`: when the mirror stored it for the first and the latest time;
/// - `changed_at`: when `document` last changed; the web interview's signed links are ignored;
/// - `gone_at`: when the mirror found that the API no longer lists it, otherwise NULL;
/// - `posting`: the posting of which this is the mirror; `walk`: internal.
///
/// Table `heymilo.candidate_history` (`posting`, `interview_id`, `status`, `current_step_id`,
/// `current_step_order`, `observed_at`): a row for each change of a candidate's status or step that
/// the mirror has seen, and for its first one. Table `heymilo.candidate_tombstones` (`posting`,
/// `tombstone`, `erased_at`): see MirrorSink::erase(). The table `heymilo.mirror` is internal; it
/// has the keys of the tombstones.
///
/// A text of PostgreSQL has no NUL: U+FFFD takes its place. Times outside the years 1 to 9999 are
/// `-infinity` and `infinity`. The times of the mirror itself are the server's.
///
/// Each operation is one transaction, and no session state is used: it works through pgbouncer in
/// transaction mode. Where the database can't be reached, or an operation takes more than 60 s, the
/// operation throws StoreError; what was stored is kept, and the next run resumes there. The run
/// that began last is the only one that stores: an earlier one on the same posting, on whatever
/// machine, throws StoreError at its next page.
///
/// Roles: the one that runs it first needs CREATE on the database, and owns the tables. Another one
/// that runs it needs USAGE on the schema, SELECT on `heymilo.version`, and SELECT, INSERT, UPDATE
/// and DELETE on the tables of the mirror; a new version of this library may have new columns,
/// which the owner's run adds. A reader can't write:
///
///     GRANT USAGE ON SCHEMA heymilo TO reader;
///     GRANT SELECT ON heymilo.candidates, heymilo.candidate_history TO reader;
///
/// Who is erased is deleted by SQL. PostgreSQL keeps the bytes of deleted rows in the tables' files
/// until VACUUM, and then until the space is used again; VACUUM FULL writes the files anew. They
/// are also in the write-ahead log, in replicas and in backups until those are recycled.
///
/// Throws InvalidArgumentError where libpq can't read the URL.
std::shared_ptr<workflows::MirrorSink> mirror(std::string url, std::string posting_id);

}  // namespace heymilo::postgres
