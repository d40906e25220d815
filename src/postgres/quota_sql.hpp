#pragma once

#include <string>

#include "postgres/quota_sync.hpp"

namespace heymilo::postgres {

/// The version of the tables and functions below, in heymilo.version.
constexpr long long kQuotaVersion = 1;

/// Makes the schema `heymilo`, the tables of the quota and the function heymilo.quota_sync(), where
/// they are missing: one transaction, which several may begin at once.
/// docs/cookbook/sharing_a_quota_postgres.md shows the tables.
extern const char* const kQuotaTables;

/// The parameter of heymilo.quota_sync(), as JSON.
std::string toJson(const QuotaSync& sync, long long lock_timeout_ms);

/// The response of heymilo.quota_sync(). Throws StatementError where it is something else.
QuotaView quotaView(const std::string& json);

}  // namespace heymilo::postgres
