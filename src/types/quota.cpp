#include "heymilo/quota.hpp"

#include "base/sha256.hpp"
#include "heymilo/options.hpp"

namespace heymilo {

// Here so that each class has its vtable and type information in this file alone.
QuotaMember::~QuotaMember() = default;
SharedQuota::~SharedQuota() = default;

std::string_view toString(Priority priority) noexcept {
  return priority == Priority::bulk ? "bulk" : "interactive";
}

std::string quotaKey(const ClientOptions& options) {
  return options.api_key.empty() ? std::string() : sha256Hex("heymilo quota\n" + options.api_key);
}

}  // namespace heymilo
