#pragma once

#include <memory>
#include <string>

#include "heymilo/workflows/mirror_figures.hpp"

namespace heymilo::postgres {

/// Reads the figures of mirrors in PostgreSQL: see mirror(). `url` as there. Nothing is connected
/// before the first operation. The figures of a posting are read by one statement, and so from one
/// state of the database. It works through pgbouncer in transaction mode.
///
/// The role needs to read two tables:
///
///     GRANT USAGE ON SCHEMA heymilo TO reader;
///     GRANT SELECT ON heymilo.candidates, heymilo.candidate_history TO reader;
///
/// With the following, figures() also tells whether a run was complete (`complete_until`,
/// `unfinished`, `filled`; `filled` of a mirror without candidates needs `last_walk`), and
/// postings() has those without candidates. The column `erasure_key` has to remain unreadable:
///
///     GRANT SELECT (posting, last_walk, watermark_us, walk) ON heymilo.mirror TO reader;
///
/// `erased` needs SELECT on `heymilo.candidate_tombstones`.
///
/// Throws InvalidArgumentError where libpq can't read the URL.
std::shared_ptr<workflows::MirrorReader> mirrorReader(std::string url);

}  // namespace heymilo::postgres
