#include "bulk/progress.hpp"

#include <cstdio>

namespace bulk {

namespace {

using Seconds = std::chrono::duration<double>;

std::string minutes(Seconds time) {
  const auto whole = static_cast<long long>(time.count());
  char text[32];
  std::snprintf(text, sizeof text, "%02lld:%02lld", whole / 60, whole % 60);
  return text;
}

/// What all workers and all runs have done, where that is more than nothing.
std::string wholeJob(const heymilo::workflows::JournalCounts& job) {
  std::string text;
  const auto count = [&](std::uint64_t number, const char* what) {
    if (number != 0) {
      text += (text.empty() ? "; all runs: " : ", ") + grouped(number) + what;
    }
  };
  count(job.ingested, " ingested");
  count(job.queued, " queued");
  count(job.in_flight, " in flight");
  count(job.in_doubt, " in doubt");
  count(job.unresolved, " unresolved");
  return text;
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) {
    text.insert(at - 3, ",");
  }
  return text;
}

std::string Progress::text(const heymilo::workflows::BulkProgress& progress, const Input& input,
                           Clock::time_point now) {
  requests_.emplace_back(now, progress.requests);
  while (now - requests_.front().first > std::chrono::minutes{1}) {
    requests_.pop_front();
  }
  const std::uint64_t done = progress.ingested + progress.queued + progress.known +
                             progress.changed + progress.duplicate + progress.rejected +
                             progress.unresolved;
  if (!done_before_) {
    done_before_ = done;
  }
  std::string text;
  const auto count = [&](std::uint64_t number, const char* what) {
    if (number != 0) {
      text += (text.empty() ? "" : ", ") + grouped(number) + what;
    }
  };
  count(progress.ingested, " ingested");
  count(progress.queued, " queued");
  count(progress.known, " known");
  count(progress.changed, " changed");
  count(progress.duplicate, " duplicate");
  count(progress.rejected, " rejected");
  count(progress.unresolved, " unresolved");
  count(progress.in_flight + progress.in_doubt, " in flight");
  const auto also = [&](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
  if (progress.phase == "adopting") {
    also("taking over who is in the posting");
    if (progress.wait >= std::chrono::seconds{1}) {
      text += ", which begins in " + minutes(progress.wait) +
              ", when no request of another run can be under way";
    }
  } else if (progress.phase == "looking") {
    also("looking for records in doubt");
  } else if (progress.phase == "settling") {
    also("waiting for records in doubt to appear");
    if (progress.wait >= std::chrono::seconds{1}) {
      text += ", which takes " + minutes(progress.wait) + " more";
    }
  } else if (progress.phase == "planning") {
    also(grouped(progress.read) + " read for the plan");
  }
  text += wholeJob(progress.job);
  if (progress.pause >= std::chrono::seconds{1}) {
    text += "; sending again in " + minutes(progress.pause);
  }
  const double elapsed = Seconds(progress.elapsed).count();
  if (elapsed > 0 && done > *done_before_) {
    const double rate = static_cast<double>(done - *done_before_) / elapsed;
    text += "; " + grouped(static_cast<std::uint64_t>(rate)) + " a second";
  }
  const std::uint64_t requests = progress.requests - requests_.front().second;
  also(grouped(requests) + (requests == 1 ? " request" : " requests") + " in the last minute");
  if (progress.phase == "sending" && input.size() && input.position() != 0 && elapsed > 1) {
    const double share = static_cast<double>(input.position()) / static_cast<double>(*input.size());
    text += "; " + minutes(Seconds(elapsed * (1 - share) / share)) + " left";
  }
  return text;
}

}  // namespace bulk
