#pragma once

#include <chrono>
#include <heymilo/options.hpp>
#include <heymilo/quota.hpp>
#include <memory>
#include <optional>
#include <string>

namespace support {

/// The quota that HEYMILO_QUOTA names, where the core does not know of it: PostgreSQL, in a build
/// with that component. nullptr: it is left to Client::fromEnvironment().
std::shared_ptr<heymilo::SharedQuota> postgresQuotaFromEnvironment();

/// Any shared quota that HEYMILO_QUOTA names: `machine`, `machine:PATH` or PostgreSQL. `name` is
/// that of a quota in PostgreSQL which is not a key's; empty: a key's. Throws UsageError where it
/// names none, and where `name` is set for another store than PostgreSQL.
std::shared_ptr<heymilo::SharedQuota> sharedQuotaFromEnvironment(const std::string& name = {});

/// Whether the quota that HEYMILO_QUOTA names is in PostgreSQL.
bool quotaIsInPostgres();

/// Whether HEYMILO_QUOTA is `machine:PATH`.
bool quotaFileIsNamed();

/// For people, where nobody has used the quota: where it would be, such as `there is no file
/// /run/app/quota`. Without credentials and control characters.
std::string placeWithoutQuota();

/// The limit that HEYMILO_RATE_LIMIT says; where it is not set, the default one. Empty: `none`, or
/// what is not a limit.
std::optional<heymilo::RateLimit> rateLimitFromEnvironment();

/// The requests of it that bulk calls never take, as HEYMILO_RATE_LIMIT says; otherwise 0.
int reserveFromEnvironment();

/// Whether HEYMILO_QUOTA names a quota that others share.
bool quotaIsShared();

/// The state of that quota, for the key of HEYMILO_API_KEY. Empty if nobody has used it.
std::optional<heymilo::QuotaStatus> sharedQuotaNow();

/// For people: why a call waits for so long for a slot of a shared quota. Empty for a wait that is
/// ordinary, and where no quota is shared.
std::string reasonOfLongWait(std::chrono::milliseconds wait);

}  // namespace support
