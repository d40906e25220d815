#include "workflows/storage/mirror_windows.hpp"

#include <string>
#include <string_view>

#include "heymilo/pagination.hpp"
#include "workflows/storage/mirror_times.hpp"

namespace heymilo::workflows::windows {

namespace {

using sqlite::Database;
using sqlite::Statement;

/// Binds `BETWEEN ?1 AND ?2`, which no NULL is.
Statement& bindWindow(Statement& statement, const MirrorWindow& window) {
  return statement.bind(1, firstSecond(window.created_after))
      .bind(2, lastSecond(window.created_before));
}

std::string nextOpenSql() {
  std::string finals;
  for (const std::string_view text : CandidateStatus::texts) {
    if (isFinal(CandidateStatus(text))) {
      finals += (finals.empty() ? "'" : ", '") + std::string(text) + '\'';
    }
  }
  return "SELECT min(created_at) FROM candidates WHERE gone_at IS NULL AND status NOT IN (" +
         finals + ") AND created_at BETWEEN ?1 AND ?2";
}

}  // namespace

MirrorCount count(Database& database, const MirrorWindow& window) {
  Statement dated(database,
                  "SELECT count(*) FROM candidates WHERE gone_at IS NULL "
                  "AND created_at BETWEEN ?1 AND ?2");
  bindWindow(dated, window).step();
  Statement undated(database,
                    "SELECT count(*) FROM candidates WHERE gone_at IS NULL AND created_at IS NULL");
  undated.step();
  return {static_cast<std::uint64_t>(dated.integer(0)),
          static_cast<std::uint64_t>(undated.integer(0))};
}

std::optional<Timestamp> createdAt(Database& database, const MirrorWindow& window,
                                   std::uint64_t index) {
  Statement find(database,
                 "SELECT created_at FROM candidates WHERE gone_at IS NULL "
                 "AND created_at BETWEEN ?1 AND ?2 ORDER BY created_at LIMIT 1 OFFSET ?3");
  const bool found = bindWindow(find, window).bind(3, static_cast<std::int64_t>(index)).step();
  return found ? momentIn(find, 0) : std::nullopt;
}

std::optional<Timestamp> nextOpen(Database& database, const MirrorWindow& window) {
  Statement oldest(database, nextOpenSql());
  bindWindow(oldest, window).step();
  return momentIn(oldest, 0);
}

// With the index of those who are gone, who are few: `+` keeps the others from being used.
MirrorDue due(Database& database, Timestamp gone_before, const MirrorWindow& window) {
  Statement find(database,
                 "SELECT count(*), min(created_at), count(*) - count(created_at) FROM candidates "
                 "WHERE gone_at < ?3 AND (+created_at IS NULL OR +created_at BETWEEN ?1 AND ?2)");
  bindWindow(find, window).bind(3, toSeconds(gone_before)).step();
  MirrorDue due;
  due.candidates = static_cast<std::uint64_t>(find.integer(0));
  due.oldest = momentIn(find, 1);
  due.undated = find.integer(2) != 0;
  return due;
}

}  // namespace heymilo::workflows::windows
