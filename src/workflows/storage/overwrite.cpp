#include "workflows/storage/overwrite.hpp"

#include <sqlite3.h>

#include <string_view>

#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows::sqlite {

namespace {

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
  // A DELETE of all rows, without triggers, overwrites pages as a whole.
  database.execute("CREATE TEMP TABLE heymilo_copy AS SELECT * FROM main." + table +
                   "; DELETE FROM main." + table + "; INSERT INTO main." + table +
                   " SELECT * FROM temp.heymilo_copy; DROP TABLE temp.heymilo_copy");
}

}  // namespace heymilo::workflows::sqlite
