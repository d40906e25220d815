#pragma once

#include <string>

#include "heymilo/quota.hpp"
#include "postgres/connection.hpp"
#include "postgres/quota_sync.hpp"

// What users read where a quota in PostgreSQL can't be used, and what they can do.
namespace heymilo::postgres {

/// The server's words; where a right is missing, also which ones are needed.
std::string storeProblem(const StatementError& error);

/// `quota` has another limit in the store than this program: goes on after "rate_limit".
std::string otherLimit(const QuotaTerms& terms, const QuotaView& store, const std::string& quota);

}  // namespace heymilo::postgres
