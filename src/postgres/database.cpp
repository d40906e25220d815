#include "postgres/database.hpp"

#include <stdexcept>

#include "heymilo/errors.hpp"

namespace heymilo::postgres {

namespace {

/// Whether a table is there, and has other columns: class 42 has rights (42501) and syntax, too.
bool isForeign(const StatementError& error) {
  return error.sqlstate().rfind("42", 0) == 0 && error.sqlstate() != "42501" && !isMissing(error);
}

StoreError foreignTables(const Tables& tables, const StatementError& error) {
  return StoreError(
      "the schema heymilo in PostgreSQL has tables that are not heymilo's: use "
      "another database for the " +
      std::string(tables.component) + " (" + error.what() + ')');
}

}  // namespace

bool hasTables(Connection& connection, const Tables& tables, std::chrono::milliseconds limit) {
  Rows rows;
  try {
    rows = connection.run("SELECT version FROM heymilo.version WHERE component = $1",
                          {Value(tables.component)},
                          limit);
  } catch (const StatementError& error) {
    if (isForeign(error)) {
      throw foreignTables(tables, error);
    }
    if (!isMissing(error)) {
      throw;
    }
  }
  if (!rows.empty() && rows.number(0, 0) != tables.version) {
    throw StoreError("the " + tables.component +
                     "'s tables in PostgreSQL are of another version of heymilo than this program");
  }
  return !rows.empty();
}

void prepareTables(Connection& connection, const Tables& tables, std::chrono::milliseconds limit) {
  if (hasTables(connection, tables, limit)) {
    return;
  }
  try {
    connection.runScript(tables.script.c_str(), limit * 4);
  } catch (const StatementError& error) {
    if (isForeign(error)) {
      throw foreignTables(tables, error);
    }
    throw;
  }
  if (!hasTables(connection, tables, limit)) {
    throw StoreError("the " + tables.component +
                     "'s tables in PostgreSQL were removed while they were made");
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
