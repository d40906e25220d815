#include "client/quota_environment.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include "heymilo/errors.hpp"
#include "heymilo/quota.hpp"

namespace heymilo {

namespace {

constexpr const char* kRateLimit = "HEYMILO_RATE_LIMIT";
constexpr const char* kQuota = "HEYMILO_QUOTA";

bool startsWith(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

/// `, not 300/m`, to be added to a message. Empty for a value that may hold a secret: a URL, a
/// connection string, a key in the wrong variable.
std::string notThis(std::string_view value) {
  constexpr std::size_t kLongest = 24;  // a key is longer
  const bool plain =
      std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < '\x7F'; });
  const bool secret = value.find_first_of("@=") != std::string_view::npos ||
                      value.find("://") != std::string_view::npos || startsWith(value, "postgres");
  return plain && !secret && value.size() <= kLongest ? ", not " + std::string(value) : "";
}

/// Of `300/60/20`.
struct Numbers {
  int requests = 0;
  int seconds = 0;
  int reserve = 0;
};

/// Takes a whole number off the beginning, and a slash where another one is to follow.
std::optional<int> takeNumber(std::string_view& text, int least) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < least) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) {
    if (text.front() != '/' || text.size() == 1) {
      return std::nullopt;
    }
    text.remove_prefix(1);
  }
  return number;
}

std::optional<Numbers> numbersOf(std::string_view text) {
  const std::optional<int> requests = takeNumber(text, 1);
  const std::optional<int> seconds = requests ? takeNumber(text, 1) : std::nullopt;
  const bool reserved = seconds && !text.empty();
  const std::optional<int> reserve = reserved ? takeNumber(text, 0) : std::optional<int>(0);
  if (!seconds || !reserve || !text.empty()) {
    return std::nullopt;
  }
  return Numbers{*requests, *seconds, *reserve};
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
  const std::optional<Numbers> numbers = numbersOf(*limit);
  if (!numbers) {
    throw InvalidArgumentError(
        kRateLimit,
        "must be N/SECONDS, N/SECONDS/RESERVE or none, such as 300/60/20, with whole numbers" +
            notThis(*limit));
  }
  options.rate_limit = RateLimit{numbers->requests, std::chrono::seconds{numbers->seconds}};
  if (options.reserved_requests == 0) {
    if (numbers->reserve >= numbers->requests) {
      throw InvalidArgumentError(
          kRateLimit, "must be N/SECONDS/RESERVE with a RESERVE of less than N" + notThis(*limit));
    }
    options.reserved_requests = numbers->reserve;
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
    throw InvalidArgumentError(kQuota,
                               "must be process, machine, machine:PATH with an absolute path, or a "
                               "postgresql:// or postgres:// URL" +
                                   notThis(*quota));
  }
}

}  // namespace heymilo
