#pragma once

#include <chrono>
#include <string>

#include "postgres/connection.hpp"

namespace heymilo::postgres {

/// What makes the tables of a component, and their version in heymilo.version.
struct Tables {
  std::string component{};  ///< `quota` or `journal`
  long long version = 0;
  std::string script{};
};

/// Whether there are the tables. Throws StoreError if they are of another version.
bool hasTables(Connection& connection, const Tables& tables, std::chrono::milliseconds limit);
/// Makes the tables where there are none. Throws StatementError where that can't be done, and
/// StoreError where they are of another version.
void prepareTables(Connection& connection, const Tables& tables, std::chrono::milliseconds limit);

/// Whether a statement failed as a schema, table or function is missing.
bool isMissing(const StatementError& error);

/// Throws InvalidArgumentError with the name of the parameter where the text is not a connection
/// URL of PostgreSQL.
void requireUrl(const std::string& url, const std::string& parameter);
/// Whether it begins as one.
bool isUrl(const std::string& text);

}  // namespace heymilo::postgres
