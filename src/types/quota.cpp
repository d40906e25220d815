#include "heymilo/quota.hpp"

namespace heymilo {

// Here so that each class has its vtable and type information in this file alone.
QuotaMember::~QuotaMember() = default;
SharedQuota::~SharedQuota() = default;

std::string_view toString(Priority priority) noexcept {
  return priority == Priority::bulk ? "bulk" : "interactive";
}

}  // namespace heymilo
