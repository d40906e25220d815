#pragma once

#include <cstddef>
#include <vector>

#include "heymilo/workflows/mirror.hpp"
#include "workflows/storage/sqlite.hpp"

/// The changes that a mirror in SQLite keeps until they are handled: MirrorSink::trackChanges().
namespace heymilo::workflows {

/// In the transaction that makes or opens the mirror: the table `candidate_changes` and the
/// triggers that fill it, where they are missing. Needs the columns `tracked` and `change` of
/// `mirror`.
void makeChangeTable(sqlite::Database& database);

void trackChanges(sqlite::Database& database, bool on);
std::vector<MirrorChange> changesIn(sqlite::Database& database, std::size_t most);
void changeHandled(sqlite::Database& database, const MirrorChange& change);

}  // namespace heymilo::workflows
