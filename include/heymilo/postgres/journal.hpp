#pragma once

#include <memory>
#include <string>

#include "heymilo/workflows/journal.hpp"

namespace heymilo::postgres {

/// The journal of all workers, on any number of machines, that use this database. `url` is
/// postgresql://... or postgres://..., with the parameters of libpq; a password is better kept in
/// ~/.pgpass or a service file. The encoding of the database has to be UTF8. Nothing is connected
/// before the first operation, which makes the schema `heymilo` and its tables where there are
/// none: its role needs CREATE on the database for that; afterwards USAGE on the schema and SELECT,
/// INSERT, UPDATE and DELETE on its tables do.
///
/// It works through pgbouncer in transaction mode. Where the database can't be reached, or an
/// operation takes more than 10 s, the operation throws StoreError, and the next one connects
/// again. After a restart of the server, a failover, a restored copy, TRUNCATE or VACUUM FULL of
/// the table the journal may have forgotten something: workers first take over who is in the
/// posting.
/// Throws InvalidArgumentError where libpq can't read the URL.
std::shared_ptr<workflows::Journal> journal(std::string url);

}  // namespace heymilo::postgres
