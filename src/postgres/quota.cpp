#include "heymilo/postgres/quota.hpp"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string_view>
#include <utility>

#include "heymilo/errors.hpp"
#include "postgres/database.hpp"
#include "postgres/quota_member.hpp"
#include "postgres/quota_messages.hpp"
#include "postgres/quota_sql.hpp"
#include "postgres/quota_store.hpp"

namespace heymilo::postgres {

namespace {

/// 128 random bits: no two holders ever have the same name.
std::string freshHolder() {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::random_device random;
  std::string name;
  for (int word = 0; word < 4; ++word) {
    auto bits = static_cast<std::uint32_t>(random());
    for (int digit = 0; digit < 8; ++digit, bits /= 16) {
      name.push_back(kHexDigits[bits % 16]);
    }
  }
  return name;
}

/// For people: `pid 4711 on app-3`.
std::string ownName() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) {
    host.front() = '\0';
  }
  std::string name = "pid " + std::to_string(getpid());
  if (host.front() != '\0') {
    name += std::string(" on ") + host.data();
  }
  return name;
}

/// It has no state of its own, and so nothing that a child of fork() could find half done: each
/// member has a connection and a thread.
class PostgresQuota final : public SharedQuota {
 public:
  PostgresQuota(std::string url, std::string name, const QuotaTimes& times)
      : url_(std::move(url)), name_(std::move(name)), times_(times) {}

  std::unique_ptr<QuotaMember> join(const QuotaTerms& terms, std::function<void()> wake) override {
    if (!terms.real_time) {
      throw InvalidArgumentError(
          "clock",
          "must be the default with a quota in PostgreSQL, which counts real time: for a test with "
          "a clock of its own, derive a SharedQuota from that clock, or share no quota");
    }
    QuotaProtocol::Setup setup;
    setup.quota = quotaId(name_, terms.key);
    setup.name = ownName();
    setup.terms = terms;
    setup.times = times_;
    setup.fresh_holder = freshHolder;
    return std::make_unique<PostgresMember>(url_, std::move(setup), std::move(wake));
  }

  std::optional<QuotaStatus> status(const std::string& key) override {
    Connection connection(url_);
    try {
      return quotaStatus(connection, quotaId(name_, key), times_.lease);
    } catch (const StatementError& error) {
      throw StoreError("the quota's store can't be used: " + storeProblem(error));
    }
  }

 private:
  const std::string url_;
  const std::string name_;
  const QuotaTimes times_;
};

}  // namespace

std::string quotaId(const std::string& name, const std::string& key) {
  if (!name.empty()) {
    return "name:" + name;
  }
  if (key.empty()) {
    throw InvalidArgumentError("quota",
                               "needs a name where there is no api_key: an authorization may be "
                               "another one tomorrow. heymilo::postgres::quota(url, name)");
  }
  return "key:" + key;
}

bool hasQuotaTables(Connection& connection, std::chrono::milliseconds limit) {
  return hasTables(connection, {"quota", kQuotaVersion, kQuotaTables}, limit);
}

void prepareQuotaTables(Connection& connection, std::chrono::milliseconds limit) {
  prepareTables(connection, {"quota", kQuotaVersion, kQuotaTables}, limit);
}

std::shared_ptr<SharedQuota> makeQuota(std::string url, std::string name, const QuotaTimes& times) {
  requireUrl(url, "quota");
  return std::make_shared<PostgresQuota>(std::move(url), std::move(name), times);
}

std::shared_ptr<SharedQuota> quota(std::string url, std::string name) {
  return makeQuota(std::move(url), std::move(name), QuotaTimes{});
}

std::shared_ptr<SharedQuota> quotaFromEnvironment() {
  const char* const url = std::getenv("HEYMILO_QUOTA");
  return url != nullptr && isUrl(url) ? quota(url) : nullptr;
}

}  // namespace heymilo::postgres
