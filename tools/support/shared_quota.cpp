#include "support/shared_quota.hpp"

#include <cstdlib>
#include <string_view>

#include "support/program.hpp"

#ifdef HEYMILO_TOOLS_WITH_POSTGRES
#include <heymilo/postgres/quota.hpp>
#endif

namespace support {

std::shared_ptr<heymilo::SharedQuota> postgresQuotaFromEnvironment() {
#ifdef HEYMILO_TOOLS_WITH_POSTGRES
  return heymilo::postgres::quotaFromEnvironment();
#else
  return nullptr;
#endif
}

std::shared_ptr<heymilo::SharedQuota> sharedQuotaFromEnvironment() {
  constexpr std::string_view kFile = "machine:";
  if (std::shared_ptr<heymilo::SharedQuota> quota = postgresQuotaFromEnvironment()) {
    return quota;
  }
  const char* const value = std::getenv("HEYMILO_QUOTA");
  const std::string_view text = value != nullptr ? value : "";
  if (text == "machine") {
    return heymilo::machineQuota();
  }
  if (text.substr(0, kFile.size()) == kFile && text.size() > kFile.size()) {
    return heymilo::machineQuota(std::string(text.substr(kFile.size())));
  }
  if (text.empty() || text == "process") {
    throw UsageError(
        "no quota is shared.\nSet HEYMILO_QUOTA as for the programs that share one: machine, "
        "machine:PATH or postgresql://...");
  }
  if (text.substr(0, 8) == "postgres") {
    throw UsageError("this program was built without PostgreSQL, which HEYMILO_QUOTA asks for.");
  }
  throw UsageError("HEYMILO_QUOTA must be machine, machine:PATH or postgresql://...");
}

}  // namespace support
