#pragma once

#include "workflows/storage/sqlite.hpp"

/// The tables of an outbox in an SQLite file, which may be any application's.
namespace heymilo::workflows::outbox_schema {

/// Makes what is missing.
void prepare(sqlite::Database& database);

/// The SQL that does.
extern const char* const kSchema;

}  // namespace heymilo::workflows::outbox_schema
