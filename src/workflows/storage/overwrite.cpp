#include "workflows/storage/overwrite.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows::sqlite {

namespace {

constexpr std::int64_t kMany = 1'000;  // rows: their indices are made anew, which is faster

/// The indices of a table that statements have made: their names, and the statements.
std::vector<std::pair<std::string, std::string>> indicesOf(Database& database,
                                                           const std::string& table) {
  std::vector<std::pair<std::string, std::string>> indices;
  Statement select(database,
                   "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? "
                   "AND sql IS NOT NULL");
  select.bind(1, std::string_view(table));
  while (select.step()) {
    indices.emplace_back(select.text(0), select.text(1));
  }
  return indices;
}

bool hasMany(Database& database, const std::string& table) {
  Statement next(database, "SELECT 1 FROM main." + table + " LIMIT 1 OFFSET ?");
  return next.bind(1, kMany).step();
}

/// As long as it lives, this connection runs no triggers.
class TriggersOff {
 public:
  explicit TriggersOff(sqlite3* database) : database_(database) { set(0); }
  ~TriggersOff() { set(1); }
  TriggersOff(const TriggersOff&) = delete;
  TriggersOff& operator=(const TriggersOff&) = delete;

 private:
  void set(int on) const {
    sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_TRIGGER, on, nullptr);  // NOLINT: variadic
  }

  sqlite3* const database_;
};

}  // namespace

void overwriteTable(Database& database, const std::string& table) {
  Statement there(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  const bool is_there = there.bind(1, std::string_view(table)).step();
  there.reset();
  if (!is_there) {
    return;
  }
  const TriggersOff off(database.get());
  const auto indices = hasMany(database, table)
                           ? indicesOf(database, table)
                           : std::vector<std::pair<std::string, std::string>>();
  for (const auto& [name, sql] : indices) {
    database.execute("DROP INDEX main.\"" + name + '"');
  }
  // A DELETE of all rows, without triggers, overwrites pages as a whole.
  database.execute("CREATE TEMP TABLE heymilo_copy AS SELECT * FROM main." + table +
                   "; DELETE FROM main." + table + "; INSERT INTO main." + table +
                   " SELECT * FROM temp.heymilo_copy; DROP TABLE temp.heymilo_copy");
  for (const auto& [name, sql] : indices) {
    database.execute(sql);
  }
}

}  // namespace heymilo::workflows::sqlite
