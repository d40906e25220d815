// Shows who shares a quota: who holds how much of it, who waits, and what was used.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <heymilo/heymilo.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "support/json_line.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/shared_quota.hpp"
#include "support/table.hpp"
#include "support/terminal.hpp"

namespace {

using support::Align;
using support::ExitCode;

nlohmann::json toJson(const heymilo::QuotaStatus& status) {
  nlohmann::json sharers = nlohmann::json::array();
  for (const heymilo::QuotaSharer& sharer : status.sharers) {
    sharers.push_back({{"name", sharer.name},
                       {"in_use", sharer.in_use},
                       {"resting", sharer.resting},
                       {"waiting_interactive", sharer.waiting_interactive},
                       {"waiting_bulk", sharer.waiting_bulk},
                       {"alive", sharer.alive}});
  }
  return {{"store", status.store},
          {"requests", status.requests},
          {"per_ms", status.per.count()},
          {"reserved_requests", status.reserved_requests},
          {"free", status.free},
          {"used", status.used},
          {"held_ms", status.held.count()},
          {"sharers", std::move(sharers)}};
}

std::string secondsOf(std::chrono::milliseconds time) {
  const long long ms = time.count();
  std::string text = std::to_string(ms / 1000);
  if (ms % 1000 != 0) {
    std::string part = std::to_string(1000 + ms % 1000).substr(1);
    part.erase(part.find_last_not_of('0') + 1);
    text += "." + part;
  }
  return text + " s";
}

/// Slots that rest though no sharer is known to have used them, as all of a new file do.
int slotsOfNobody(const heymilo::QuotaStatus& status) {
  int known = 0;
  for (const heymilo::QuotaSharer& sharer : status.sharers) {
    known += sharer.in_use + sharer.resting;
  }
  return std::max(0, status.used - known);
}

std::string toTable(const heymilo::QuotaStatus& status) {
  std::string text = support::printable(status.store) + ": " + std::to_string(status.requests) +
                     " requests in " + secondsOf(status.per);
  if (status.reserved_requests > 0) {
    text += ", " + std::to_string(status.reserved_requests) + " of them not for bulk";
  }
  const int nobodys = slotsOfNobody(status);
  text += "\nused in the last window: " + std::to_string(status.used - nobodys) +
          ", free: " + std::to_string(status.free) + '\n';
  if (nobodys > 0) {
    text += std::to_string(nobodys) +
            " slots rest without a sharer: the quota is new, or those programs have ended\n";
  }
  if (status.held > std::chrono::milliseconds{0}) {
    text += "the API wants no requests for " + secondsOf(status.held) + '\n';
  }
  if (status.sharers.empty()) {
    return text + "nobody shares it now\n";
  }
  std::size_t width = 7;
  for (const heymilo::QuotaSharer& sharer : status.sharers) {
    width = std::max(width, sharer.name.size());
  }
  const support::Table table({{"SHARER", Align::left, 7, width, 6},
                              {"IN USE", Align::right, 6, 6, 5},
                              {"RESTING", Align::right, 7, 7, 4},
                              {"WAITING", Align::right, 7, 7, 3},
                              {"BULK WAITING", Align::right, 12, 12, 2},
                              {"STATE", Align::left, 5, 5, 1}},
                             support::terminalWidth());
  text += '\n' + table.header();
  for (const heymilo::QuotaSharer& sharer : status.sharers) {
    text += table.row({sharer.name,
                       std::to_string(sharer.in_use),
                       std::to_string(sharer.resting),
                       std::to_string(sharer.waiting_interactive),
                       std::to_string(sharer.waiting_bulk),
                       sharer.alive ? "" : "gone"});
  }
  return text;
}

/// What HEYMILO_RATE_LIMIT says, where that is another limit than the store's: those who have it
/// are refused.
void compareWithEnvironment(const heymilo::QuotaStatus& status) {
  const char* const text = std::getenv("HEYMILO_RATE_LIMIT");
  if (text == nullptr || *text == '\0') {
    return;
  }
  const std::optional<heymilo::RateLimit> limit = support::rateLimitFromEnvironment();
  if (!limit || limit->requests != status.requests || limit->per != status.per) {
    support::tell("HEYMILO_RATE_LIMIT is " + support::printable(text) +
                  ", which is not the quota's: programs with it are refused.\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Show who shares the quota of HEYMILO_QUOTA: who holds how much of it, who waits.",
               "quota_status");
  std::string format = "table";
  app.add_option("--format", format, "table, for a person; or json, one object")
      ->check(CLI::IsMember({"table", "json"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
  std::string name;
  CLI::Option* const named = app.add_option("--name",
                                            name,
                                            "The name of a quota in PostgreSQL that has one: see "
                                            "heymilo::postgres::quota(url, name)")
                                 ->type_name("NAME");
  app.footer(support::apiFooter(
      "  HEYMILO_QUOTA=machine quota_status\n"
      "  HEYMILO_QUOTA=postgresql://heymilo@db/heymilo quota_status --format json"));
  return support::runProgram(app, argc, argv, [&] {
    const char* const key = std::getenv("HEYMILO_API_KEY");
    heymilo::ClientOptions options;
    options.api_key = key != nullptr ? key : "";
    if (named->count() != 0 && name.empty()) {
      throw support::UsageError("--name is empty: give the name of the quota.");
    }
    const std::shared_ptr<heymilo::SharedQuota> quota = support::sharedQuotaFromEnvironment(name);
    if (options.api_key.empty() && name.empty() && !support::quotaFileIsNamed()) {
      throw support::UsageError(
          "there is no API key, by which a quota is found.\n"
          "Set HEYMILO_API_KEY to it: export HEYMILO_API_KEY=...\n"
          "For a quota without a key, give its file (HEYMILO_QUOTA=machine:PATH) or its name in "
          "PostgreSQL (--name).");
    }
    support::Output::check();
    const std::optional<heymilo::QuotaStatus> status = quota->status(heymilo::quotaKey(options));
    support::Output output;
    if (format == "json") {
      output.write(support::jsonLine(status ? toJson(*status) : nlohmann::json()));
    } else if (status) {
      output.write(toTable(*status));
    }
    output.finish();
    if (!status) {
      const char* const whose = !name.empty()              ? "of this name "
                                : !options.api_key.empty() ? "of this key "
                                                           : "";
      support::tell(std::string("nobody has used the quota ") + whose +
                    "so far: " + support::placeWithoutQuota() + ".\n");
    } else {
      compareWithEnvironment(*status);
    }
    return ExitCode::done;
  });
}
