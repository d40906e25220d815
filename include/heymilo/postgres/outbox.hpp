#pragma once

#include <memory>
#include <string>

#include "heymilo/workflows/outbox.hpp"

namespace heymilo::postgres {

/// The outbox in PostgreSQL, beside its journal: see journal() for the URL and the rights. Rows are
/// inserted by `SELECT heymilo.enqueue(posting_id text, key text, request jsonb)`, which returns
///
/// - `new`: the row waits; it is sent when the transaction has committed;
/// - `known`: the key has a row with the same content, or the journal knows it already;
/// - `changed`: the key has a row with other content, which is not replaced, since it may have been
///   sent. The API has no update.
///
/// A rejected row is replaced. The role of the application needs USAGE on the schema `heymilo` and
/// EXECUTE on the function, nothing else. Nothing is connected before the first operation, which
/// makes what is missing. Version 11 of PostgreSQL or later.
///
/// It works through pgbouncer in transaction mode. A request is erased by an UPDATE: its bytes stay
/// in the table's file until PostgreSQL's vacuum, and in the write-ahead log.
/// Throws InvalidArgumentError where libpq can't read the URL.
std::shared_ptr<workflows::Outbox> outbox(std::string url);

/// The SQL that makes the tables and functions of an outbox: `examples/sql/outbox_postgres.sql`.
std::string outboxSchema();

}  // namespace heymilo::postgres
