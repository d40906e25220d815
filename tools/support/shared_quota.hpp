#pragma once

#include <heymilo/quota.hpp>
#include <memory>

namespace support {

/// The quota that HEYMILO_QUOTA names, where the core does not know of it: PostgreSQL, in a build
/// with that component. nullptr: it is left to Client::fromEnvironment().
std::shared_ptr<heymilo::SharedQuota> postgresQuotaFromEnvironment();

/// Any shared quota that HEYMILO_QUOTA names: `machine`, `machine:PATH` or PostgreSQL. Throws
/// UsageError where it names none.
std::shared_ptr<heymilo::SharedQuota> sharedQuotaFromEnvironment();

}  // namespace support
