#include "client/quota_environment.hpp"

#include <charconv>
#include <string_view>
#include <system_error>

#include "heymilo/errors.hpp"
#include "heymilo/quota.hpp"

namespace heymilo {

namespace {

constexpr const char* kRateLimit = "HEYMILO_RATE_LIMIT";
constexpr const char* kQuota = "HEYMILO_QUOTA";

[[noreturn]] void refuseRateLimit() {
  throw InvalidArgumentError(
      kRateLimit,
      "must be N/SECONDS, N/SECONDS/RESERVE or none, such as 300/60/20, with "
      "whole numbers");
}

/// Takes a whole number off the beginning, and a slash where another one is to follow.
int takeNumber(std::string_view& text, int least) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < least) {
    refuseRateLimit();
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) {
    if (text.front() != '/' || text.size() == 1) {
      refuseRateLimit();
    }
    text.remove_prefix(1);
  }
  return number;
}

bool startsWith(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

}  // namespace

void limitAsTheEnvironmentSays(const std::optional<std::string>& limit, ClientOptions& options) {
  const RateLimit unset = *ClientOptions().rate_limit;
  const bool set = !options.rate_limit || options.rate_limit->requests != unset.requests ||
                   options.rate_limit->per != unset.per;
  if (!limit || set) {
    return;
  }
  if (*limit == "none") {
    options.rate_limit.reset();
    return;
  }
  std::string_view text = *limit;
  const int requests = takeNumber(text, 1);
  if (text.empty()) {
    refuseRateLimit();
  }
  const int seconds = takeNumber(text, 1);
  const int reserve = text.empty() ? 0 : takeNumber(text, 0);
  if (!text.empty()) {
    refuseRateLimit();
  }
  options.rate_limit = RateLimit{requests, std::chrono::seconds{seconds}};
  if (options.reserved_requests == 0) {
    options.reserved_requests = reserve;
  }
}

void shareAsTheEnvironmentSays(const std::optional<std::string>& quota, ClientOptions& options) {
  constexpr std::string_view kMachineFile = "machine:";
  if (!quota || options.quota || *quota == "process") {
    return;
  }
  if (*quota == "machine") {
    options.quota = machineQuota();
  } else if (startsWith(*quota, kMachineFile) && quota->size() > kMachineFile.size()) {
    options.quota = machineQuota(quota->substr(kMachineFile.size()));
  } else if (startsWith(*quota, "postgresql://") || startsWith(*quota, "postgres://")) {
    throw InvalidArgumentError(kQuota,
                               "a postgresql:// or postgres:// URL is for "
                               "heymilo::postgres::quotaFromEnvironment(), which "
                               "the tools use where they have that component");
  } else {
    throw InvalidArgumentError(kQuota, "must be process, machine or machine:PATH");
  }
}

}  // namespace heymilo
