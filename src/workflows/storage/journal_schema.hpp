#pragma once

#include <cstdint>

#include "workflows/storage/sqlite.hpp"

/// The tables of a journal in SQLite, all named `heymilo_…`: the file may have others beside them.
namespace heymilo::workflows::journal_schema {

/// Whether the file has them. Throws StoreError where it has others only, or those of a later
/// version.
bool present(sqlite::Database& database);
/// Throws StoreError where a file without tables is not a new one. Not within a transaction that
/// writes, which gives a new one its first page.
void requireNothingLost(sqlite::Database& database);
/// Makes them, within a transaction.
void make(sqlite::Database& database, std::int64_t generation);

}  // namespace heymilo::workflows::journal_schema
