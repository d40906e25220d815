#include "bulk/plan_words.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "bulk/progress.hpp"
#include "bulk/summary.hpp"
#include "support/printable.hpp"
#include "support/shared_quota.hpp"

namespace bulk {

namespace {

using heymilo::workflows::BulkPlan;
using std::chrono::milliseconds;

std::string counted(std::uint64_t number, const std::string& what) {
  return grouped(number) + ' ' + what + (number == 1 ? "" : "s");
}

/// `40 s`, `3 min 25 s`, `2 h 5 min`.
std::string lasting(milliseconds time) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(time).count();
  const auto of = [](long long number, const char* unit) {
    return std::to_string(number) + ' ' + unit;
  };
  if (seconds < 60) {
    return of(seconds, "s");
  }
  if (seconds < 3600) {
    return of(seconds / 60, "min") + (seconds % 60 != 0 ? ' ' + of(seconds % 60, "s") : "");
  }
  const long long minutes = seconds / 60;
  return of(minutes / 60, "h") + (minutes % 60 != 0 ? ' ' + of(minutes % 60, "min") : "");
}

std::string counts(const BulkPlan& plan) {
  std::string text = counted(plan.records, "record") + ": " + grouped(plan.to_send) + " to send";
  const auto count = [&](std::uint64_t number, const char* what) {
    text += number == 0 ? "" : ", " + grouped(number) + what;
  };
  text += ", " + grouped(plan.known) + " known";
  count(plan.changed, " changed");
  count(plan.duplicate, " duplicate");
  text += ", " + grouped(plan.rejected) + " rejected";
  count(plan.in_doubt, " in doubt or with another worker");
  return text + '\n';
}

std::string whatIsWrong(const BulkPlan& plan,
                        const std::vector<heymilo::workflows::RecordReport>& rejected) {
  std::string text = rejectedLines(rejected, plan.rejected);
  if (plan.changed != 0) {
    text +=
        "The changed records are in the posting with other content. They would not be sent, since "
        "the API has no update.\n";
  }
  if (plan.in_doubt != 0) {
    text += "A run looks for the records in doubt in the posting, waits for " + lasting(plan.wait) +
            ", looks again, and sends those that have not arrived.\n";
  }
  if (plan.unreadable != 0) {
    text += counted(plan.unreadable, "candidate") +
            " of the posting can't be read, and may be any of the records: a run that takes over "
            "who is there, or looks for records in doubt, would end with an error.\n";
  }
  return text;
}

std::string aboutTheJournal(const BulkPlan& plan, const std::string& journal, bool new_posting) {
  std::string text = "The journal " + journal +
                     (plan.has_journal ? " has this posting" : " would be new for this posting");
  if (!plan.adopts) {
    return text + ".\n";
  }
  if (plan.wait == milliseconds{0} && new_posting) {
    return text + ": --new-posting says that nobody else has sent anybody.\n";
  }
  return text + ": a run would wait for " + lasting(plan.wait) +
         ", when no request of another run can be under way, and then take over who is in the "
         "posting. There are " +
         counted(plan.candidates, "candidate") + " with a key now.\n";
}

std::string window(const heymilo::QuotaStatus& quota) {
  return std::to_string(quota.requests) + " requests in " + lasting(quota.per) +
         (quota.reserved_requests > 0
              ? ", " + std::to_string(quota.reserved_requests) + " of them not for bulk"
              : "");
}

std::string aboutTheQuota(const BulkPlan& plan) {
  const std::optional<heymilo::RateLimit> limit = support::rateLimitFromEnvironment();
  if (!limit) {
    return "No quota is set (HEYMILO_RATE_LIMIT): when a run would be done depends on the API.\n";
  }
  heymilo::QuotaStatus quota;
  std::string whose;
  if (!support::quotaIsShared()) {
    quota.requests = quota.free = limit->requests;
    quota.per = limit->per;
    quota.reserved_requests = support::reserveFromEnvironment();
    whose = window(quota) + ", for this process alone";
  } else if (const std::optional<heymilo::QuotaStatus> status = support::sharedQuotaNow()) {
    quota = *status;
    const auto others = std::count_if(
        quota.sharers.begin(), quota.sharers.end(), [](const heymilo::QuotaSharer& sharer) {
          return sharer.alive && sharer.waiting_bulk + sharer.waiting_interactive > 0;
        });
    whose = window(quota) + ", shared, " + std::to_string(quota.free) + " free now" +
            (others > 0 ? "; " + std::to_string(others) +
                              " others wait for it, so that it takes "
                              "longer"
                        : "");
  } else {
    return "The shared quota has not been used yet: when a run would be done can't be known.\n";
  }
  const milliseconds quota_time = heymilo::workflows::quotaTime(plan.requests(), quota);
  const milliseconds all = plan.wait + quota_time;
  return "Quota: " + whose + ".\n" +
         (all < std::chrono::seconds{1}
              ? std::string("A run would be done as soon as the API has responded")
              : "A run would be done in about " + lasting(all) + " at the earliest") +
         (quota_time > milliseconds{0} && plan.wait > milliseconds{0}
              ? " (" + lasting(quota_time) + " of it for the quota)"
              : "") +
         ".\n";
}

}  // namespace

bool planIsClean(const BulkPlan& plan) {
  return plan.rejected + plan.changed + plan.unreadable == 0 && !plan.stopped;
}

std::string planText(const Arguments& arguments, const BulkPlan& plan,
                     const std::vector<heymilo::workflows::RecordReport>& rejected,
                     const std::string& journal) {
  std::string text = counts(plan) + whatIsWrong(plan, rejected) +
                     aboutTheJournal(plan, journal, arguments.new_posting);
  text += counted(plan.requests(), "request") + " at least: " + grouped(plan.sends) + " to send, " +
          grouped(plan.lists) + " to list the posting.\n" + aboutTheQuota(plan);
  if (plan.stopped) {
    text += "Stopped before the end of the input: the numbers are of its beginning.\n";
  }
  return text + "This was a dry run: nothing was sent, and nothing was changed.\n";
}

}  // namespace bulk
