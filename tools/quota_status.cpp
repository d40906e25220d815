// Shows who shares a quota: who holds how much of it, who waits, and what was used.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <heymilo/heymilo.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

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

std::string toTable(const heymilo::QuotaStatus& status) {
  std::string text = support::printable(status.store) + ": " + std::to_string(status.requests) +
                     " requests in " + secondsOf(status.per);
  if (status.reserved_requests > 0) {
    text += ", " + std::to_string(status.reserved_requests) + " of them not for bulk";
  }
  text += "\nused in the last window: " + std::to_string(status.used) +
          ", free: " + std::to_string(status.free) + '\n';
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
  const std::string_view limit = text;
  int requests = 0;
  long long seconds = 0;
  const char* const end = limit.data() + limit.size();
  const auto first = std::from_chars(limit.data(), end, requests);
  const bool slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  if (!slash || std::from_chars(first.ptr + 1, end, seconds).ec != std::errc() ||
      requests != status.requests || std::chrono::seconds(seconds) != status.per) {
    support::tell("HEYMILO_RATE_LIMIT is " + support::printable(limit) +
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
  app.footer(support::apiFooter(
      "  HEYMILO_QUOTA=machine quota_status\n"
      "  HEYMILO_QUOTA=postgresql://heymilo@db/heymilo quota_status --format json"));
  return support::runProgram(app, argc, argv, [&] {
    const char* const key = std::getenv("HEYMILO_API_KEY");
    heymilo::ClientOptions options;
    options.api_key = key != nullptr ? key : "";
    if (options.api_key.empty()) {
      throw support::UsageError(
          "there is no API key, by which a quota is found.\n"
          "Set HEYMILO_API_KEY to it: export HEYMILO_API_KEY=...");
    }
    support::Output::check();
    const std::optional<heymilo::QuotaStatus> status =
        support::sharedQuotaFromEnvironment()->status(heymilo::quotaKey(options));
    support::Output output;
    if (format == "json") {
      output.write(support::jsonLine(status ? toJson(*status) : nlohmann::json()));
    } else if (status) {
      output.write(toTable(*status));
    }
    output.finish();
    if (!status) {
      support::tell("nobody has used the quota of this key so far.\n");
    } else {
      compareWithEnvironment(*status);
    }
    return ExitCode::done;
  });
}
