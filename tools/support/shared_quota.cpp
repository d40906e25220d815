#include "support/shared_quota.hpp"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "support/database_url.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"

#ifdef HEYMILO_TOOLS_WITH_POSTGRES
#include <heymilo/postgres/quota.hpp>
#endif

namespace support {

namespace {

constexpr std::string_view kFile = "machine:";

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool startsWith(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

/// Of `machine:PATH`; otherwise empty.
std::string_view namedFile() {
  const std::string_view quota = variable("HEYMILO_QUOTA");
  return startsWith(quota, kFile) ? quota.substr(kFile.size()) : std::string_view();
}

std::shared_ptr<heymilo::SharedQuota> namedPostgresQuota(const std::string& name) {
#ifdef HEYMILO_TOOLS_WITH_POSTGRES
  return quotaIsInPostgres()
             ? heymilo::postgres::quota(std::string(variable("HEYMILO_QUOTA")), name)
             : nullptr;
#else
  static_cast<void>(name);
  return nullptr;
#endif
}

/// `there is no file /run/app/quota`, or the folder where that one does not exist.
std::string missing(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::path folder = file.parent_path();
  if (!folder.empty() && !std::filesystem::exists(folder, error)) {
    return "there is no folder " + printable(folder.string());
  }
  return (std::filesystem::exists(file, error) ? "nothing is in the file " : "there is no file ") +
         printable(file.string());
}

std::string whereToLook() { return " (see " + programNamed("quota_status") + ')'; }

}  // namespace

bool quotaIsShared() {
  const std::string_view quota = variable("HEYMILO_QUOTA");
  return !quota.empty() && quota != "process";
}

bool quotaIsInPostgres() { return isPostgresUrl(variable("HEYMILO_QUOTA")); }

bool quotaFileIsNamed() { return !namedFile().empty(); }

std::shared_ptr<heymilo::SharedQuota> postgresQuotaFromEnvironment() {
  return namedPostgresQuota({});
}

std::shared_ptr<heymilo::SharedQuota> sharedQuotaFromEnvironment(const std::string& name) {
  if (std::shared_ptr<heymilo::SharedQuota> quota = namedPostgresQuota(name)) {
    return quota;
  }
  const std::string_view text = variable("HEYMILO_QUOTA");
  if (!quotaIsShared()) {
    throw UsageError(
        "no quota is shared.\nSet HEYMILO_QUOTA as for the programs that share one: machine, "
        "machine:PATH or postgresql://...");
  }
  if (startsWith(text, "postgres")) {
    throw UsageError(
        quotaIsInPostgres()
            ? "this program was built without PostgreSQL, which HEYMILO_QUOTA asks for."
            : "HEYMILO_QUOTA must begin with postgresql:// or postgres://.");
  }
  if (!name.empty()) {
    throw UsageError("--name is for a quota in PostgreSQL, which HEYMILO_QUOTA does not name.");
  }
  if (text == "machine") {
    return heymilo::machineQuota();
  }
  if (quotaFileIsNamed()) {
    return heymilo::machineQuota(std::string(namedFile()));
  }
  throw UsageError("HEYMILO_QUOTA must be machine, machine:PATH or postgresql://...");
}

std::string placeWithoutQuota() {
  if (quotaFileIsNamed()) {
    return missing(std::filesystem::path(namedFile()));
  }
  if (!quotaIsInPostgres()) {
    return "there is no file of it in " +
           printable(std::string(variable("XDG_RUNTIME_DIR")) + "/heymilo");
  }
  const std::string place = withoutCredentials(variable("HEYMILO_QUOTA"));
  return "it is not in " + (place.empty() ? "the database of HEYMILO_QUOTA" : printable(place));
}

std::optional<heymilo::RateLimit> rateLimitFromEnvironment() {
  const std::string_view text = variable("HEYMILO_RATE_LIMIT");
  if (text.empty()) {
    return heymilo::ClientOptions().rate_limit;
  }
  int requests = 0;
  int seconds = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, requests);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '/' ||
      std::from_chars(first.ptr + 1, end, seconds).ec != std::errc()) {
    return std::nullopt;
  }
  return heymilo::RateLimit{requests, std::chrono::seconds(seconds)};
}

int reserveFromEnvironment() {
  const std::string_view text = variable("HEYMILO_RATE_LIMIT");
  const std::size_t reserve = text.rfind('/');
  int requests = 0;
  if (reserve != text.find('/')) {
    std::from_chars(text.data() + reserve + 1, text.data() + text.size(), requests);
  }
  return requests;
}

std::optional<heymilo::QuotaStatus> sharedQuotaNow() {
  heymilo::ClientOptions options;
  options.api_key = std::string(variable("HEYMILO_API_KEY"));
  return sharedQuotaFromEnvironment()->status(heymilo::quotaKey(options));
}

std::string reasonOfLongWait(std::chrono::milliseconds wait) {
  // A slot rests for a thousandth more than the window.
  constexpr std::chrono::seconds kRounding{1};
  const std::optional<heymilo::RateLimit> limit = rateLimitFromEnvironment();
  if (!quotaIsShared() || !limit || wait <= limit->per + limit->per / 1000 + kRounding) {
    return {};
  }
  return (quotaIsInPostgres()
              ? "the shared quota is new, a program that used it was killed, or other programs "
                "hold all of it"
              : "the shared quota is new, or a program that used it was killed or got no "
                "response") +
         whereToLook();
}

}  // namespace support
