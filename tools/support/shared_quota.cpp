#include "support/shared_quota.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

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

bool isShared() {
  const std::string_view quota = variable("HEYMILO_QUOTA");
  return !quota.empty() && quota != "process";
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

/// Of a URL's parameters, those that say where the database is: `host=/run&port=5433`.
std::string placesAmong(std::string_view parameters) {
  std::string places;
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find('&'), parameters.size());
    const std::string_view parameter = parameters.substr(0, end);
    for (const std::string_view place : {"host=", "hostaddr=", "port=", "dbname=", "service="}) {
      if (startsWith(parameter, place)) {
        places += (places.empty() ? "?" : "&") + std::string(parameter);
      }
    }
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  return places;
}

/// The URL without the user, the password and everything else that is not the database's place.
/// Empty where it can't be told which part is the password.
std::string withoutCredentials(std::string_view url) {
  const std::size_t begin = url.find("://") + 3;
  const std::string_view scheme = url.substr(0, begin);
  url.remove_prefix(begin);
  const std::size_t query = std::min(url.find('?'), url.size());
  const std::string places = placesAmong(url.substr(std::min(query + 1, url.size())));
  url = url.substr(0, query);
  const std::size_t path = std::min(url.find('/'), url.size());
  const std::size_t user = url.substr(0, path).rfind('@');
  if (user != std::string_view::npos) {
    url.remove_prefix(user + 1);
  }
  if (url.find('@') != std::string_view::npos || places.find('@') != std::string::npos) {
    return {};
  }
  return std::string(scheme) + std::string(url) + places;
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

bool quotaIsInPostgres() {
  const std::string_view quota = variable("HEYMILO_QUOTA");
  return startsWith(quota, "postgresql://") || startsWith(quota, "postgres://");
}

bool quotaFileIsNamed() { return !namedFile().empty(); }

std::shared_ptr<heymilo::SharedQuota> postgresQuotaFromEnvironment() {
  return namedPostgresQuota({});
}

std::shared_ptr<heymilo::SharedQuota> sharedQuotaFromEnvironment(const std::string& name) {
  if (std::shared_ptr<heymilo::SharedQuota> quota = namedPostgresQuota(name)) {
    return quota;
  }
  const std::string_view text = variable("HEYMILO_QUOTA");
  if (!isShared()) {
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

std::string reasonOfLongWait(std::chrono::milliseconds wait) {
  // A slot rests for a thousandth more than the window.
  constexpr std::chrono::seconds kRounding{1};
  const std::optional<heymilo::RateLimit> limit = rateLimitFromEnvironment();
  if (!isShared() || !limit || wait <= limit->per + limit->per / 1000 + kRounding) {
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
