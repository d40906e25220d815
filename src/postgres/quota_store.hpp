#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "heymilo/quota.hpp"
#include "postgres/connection.hpp"
#include "postgres/quota_protocol.hpp"

namespace heymilo::postgres {

/// heymilo::postgres::quota() with other times, for tests.
std::shared_ptr<SharedQuota> makeQuota(std::string url, std::string name, const QuotaTimes& times);

/// Whether there are tables. Throws StoreError where they are of another version, and
/// StatementError.
bool hasQuotaTables(Connection& connection, std::chrono::milliseconds limit);

/// Makes the tables where there are none. Throws StatementError where that can't be done, and
/// StoreError where they are of another version.
void prepareQuotaTables(Connection& connection, std::chrono::milliseconds limit);

/// What the rows of a quota say now; empty where there are none. Throws StoreError where they are
/// of another version, and StatementError.
std::optional<QuotaStatus> quotaStatus(Connection& connection, const std::string& quota,
                                       std::chrono::milliseconds limit);

/// QuotaSync::quota for a name, or where that is empty for the hash of a key. Throws
/// InvalidArgumentError where both are empty.
std::string quotaId(const std::string& name, const std::string& key);

}  // namespace heymilo::postgres
