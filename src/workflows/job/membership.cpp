#include "workflows/job/membership.hpp"

#include <algorithm>
#include <utility>

namespace heymilo::workflows {

JournalStamp Membership::begin(JobTime now) {
  id_ = fresh_id_();
  inside_ = false;
  number_ = 0;
  answered_ = 0;
  others_.clear();
  return next(now);
}

JournalStamp Membership::next(JobTime now) {
  began_ = now;
  return {id_, ++number_, answered_};
}

void Membership::responded(JournalOutcome outcome) {
  switch (outcome) {
    case JournalOutcome::good:
    case JournalOutcome::not_adopted:
      inside_ = true;
      answered_ = number_;
      good_ = began_;
      break;
    case JournalOutcome::stale:
      break;
    case JournalOutcome::gone:
    case JournalOutcome::restored:
    case JournalOutcome::refused:
      inside_ = false;
      break;
  }
}

void Membership::observe(const std::vector<JournalWorker>& others, JobTime now) {
  std::map<std::string, Other> seen;
  for (const JournalWorker& other : others) {
    const auto before = others_.find(other.worker);
    const bool unchanged = before != others_.end() && before->second.number == other.number;
    seen[other.worker] = {other.number,
                          unchanged ? before->second.since : now,
                          other.outlast,
                          other.begun,
                          other.lives};
  }
  others_ = std::move(seen);
}

std::vector<UnchangedWorker> Membership::dead(JobTime now) const {
  std::vector<UnchangedWorker> dead;
  for (const auto& [worker, other] : others_) {
    // The other's clock may be slower than this one by a thousandth.
    const JobTime wait = JobTime(other.outlast) + JobTime(other.outlast) / 1000;
    if (other.lives ? !*other.lives : now >= other.since + wait) {
      dead.push_back({worker, other.number});
    }
  }
  return dead;
}

bool Membership::othersLive(bool begun) const {
  return std::any_of(others_.begin(), others_.end(), [begun](const auto& other) {
    return other.second.lives.value_or(true) && (other.second.begun || !begun);
  });
}

}  // namespace heymilo::workflows
