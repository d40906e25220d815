#include "postgres/database.hpp"

#include <stdexcept>

#include "heymilo/errors.hpp"

namespace heymilo::postgres {

void prepareTables(Connection& connection, const Tables& tables, std::chrono::milliseconds limit) {
  constexpr const char* kVersion = "SELECT version FROM heymilo.version WHERE component = $1";
  Rows rows;
  try {
    rows = connection.run(kVersion, {Value(tables.component)}, limit);
  } catch (const StatementError& error) {
    if (!isMissing(error)) {
      throw;
    }
  }
  if (rows.empty()) {
    connection.runScript(tables.script.c_str(), limit * 4);
    rows = connection.run(kVersion, {Value(tables.component)}, limit);
  }
  if (rows.empty() || rows.number(0, 0) != tables.version) {
    throw StoreError("the " + tables.component +
                     "'s tables in PostgreSQL are of another version of heymilo than this program");
  }
}

bool isMissing(const StatementError& error) {
  return error.sqlstate() == "3F000" || error.sqlstate() == "42P01" || error.sqlstate() == "42883";
}

bool isUrl(const std::string& text) {
  return text.rfind("postgresql://", 0) == 0 || text.rfind("postgres://", 0) == 0;
}

void requireUrl(const std::string& url, const std::string& parameter) {
  if (!isUrl(url)) {
    throw InvalidArgumentError(
        parameter, "needs a URL of PostgreSQL, such as postgresql://user@host/database");
  }
  try {
    const Connection checked(url);
  } catch (const std::invalid_argument& error) {
    throw InvalidArgumentError(parameter, error.what());
  }
}

}  // namespace heymilo::postgres
