#pragma once

#include <cstdint>
#include <optional>

#include "heymilo/workflows/mirror.hpp"
#include "workflows/storage/sqlite.hpp"

/// What a mirror's tables have of a window of time: the functions of MirrorSink of these names.
/// Each throws StoreError.
namespace heymilo::workflows::windows {

MirrorCount count(sqlite::Database& database, const MirrorWindow& window);
std::optional<Timestamp> createdAt(sqlite::Database& database, const MirrorWindow& window,
                                   std::uint64_t index);
std::optional<Timestamp> nextOpen(sqlite::Database& database, const MirrorWindow& window);
MirrorDue due(sqlite::Database& database, Timestamp gone_before, const MirrorWindow& window);

}  // namespace heymilo::workflows::windows
