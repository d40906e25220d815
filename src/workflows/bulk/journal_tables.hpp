#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/workflows/store_error.hpp"
#include "workflows/storage/sqlite.hpp"

/// The tables of a journal in SQLite, and the formats of earlier versions.
namespace heymilo::workflows::journal_tables {

/// Whether the database has the tables of a journal, of any version.
bool present(sqlite::Database& database);
/// The StoreError of a file that is not a journal of this version.
StoreError notAJournal(const std::string& file);
/// Makes the tables in an empty database.
void make(sqlite::Database& database);
/// Brings the tables of an earlier version up to date. Throws notAJournal() for those of a later
/// one.
void update(sqlite::Database& database, const std::string& file);

/// A value of the table `about`: one for the whole journal. Empty where there is none.
std::string about(sqlite::Database& database, std::string_view key);
void setAbout(sqlite::Database& database, std::string_view key, std::string_view value);

/// Whether records have lines: those of journals that were made before there were lines don't.
bool hasLines(sqlite::Database& database);
/// A line in the current row, or null.
std::optional<std::uint64_t> lineIn(const sqlite::Statement& row, int column);

}  // namespace heymilo::workflows::journal_tables
