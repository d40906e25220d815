#include "postgres/quota_messages.hpp"

namespace heymilo::postgres {

namespace {

constexpr const char* kInsufficientPrivilege = "42501";

std::string inWords(long long requests, long long per_ms) {
  return std::to_string(requests) + " requests in " + std::to_string(per_ms) + " ms";
}

/// A literal of SQL: a name may have any character.
std::string quoted(const std::string& text) {
  std::string literal = "'";
  for (const char c : text) {
    literal.append(c == '\'' ? 2 : 1, c);
  }
  return literal + '\'';
}

}  // namespace

std::string storeProblem(const StatementError& error) {
  const std::string words = error.what();
  if (error.sqlstate() != kInsufficientPrivilege) {
    return words;
  }
  return words +
         ": the role needs USAGE on the schema heymilo, and SELECT, INSERT, UPDATE and DELETE on "
         "all tables in it; where the first program still has to make them, CREATE on the database";
}

std::string otherLimit(const QuotaTerms& terms, const QuotaView& store, const std::string& quota) {
  return "is " + inWords(terms.requests, terms.per.count()) +
         ", but the quota's store in PostgreSQL has " + inWords(store.requests, store.per_ms) +
         ": use the same everywhere, or stop the programs and DELETE FROM heymilo.quota WHERE "
         "quota = " +
         quoted(quota);
}

}  // namespace heymilo::postgres
