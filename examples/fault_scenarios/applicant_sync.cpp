#include "applicant_sync.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace {

constexpr const char* kKey = "applicant_id";

bool isAboutTheApplicant(int status) { return status == 400 || status == 413 || status == 422; }
bool isAboutUs(int status) { return status == 401 || status == 403 || status == 404; }

bool surelyNotCarriedOut(const heymilo::Error& error) { return !error.mayHaveArrived(); }

}  // namespace

ApplicantSync::ApplicantSync(heymilo::Client client, std::string posting_id)
    : client_(std::move(client)), posting_id_(std::move(posting_id)) {}

ApplicantSync::Result ApplicantSync::add(const Applicant& applicant) {
  if (in_doubt_.count(applicant.id) > 0) {
    const std::optional<bool> there = isThere(applicant.id);
    if (!there) {
      return Result::later;
    }
    in_doubt_.erase(applicant.id);
    if (*there) {
      return Result::already_there;
    }
  }
  try {
    heymilo::CandidateIngestRequest request{applicant.name, applicant.email};
    request.metadata.emplace()[kKey] = applicant.id;
    client_.ingestCandidate(posting_id_, request);
    return Result::added;
  } catch (const heymilo::StatusError& error) {
    if (isAboutTheApplicant(error.status())) {
      return Result::refused;
    }
    if (isAboutUs(error.status())) {
      throw;
    }
    if (surelyNotCarriedOut(error)) {
      return Result::later;
    }
  } catch (const heymilo::Error& error) {
    if (surelyNotCarriedOut(error)) {
      return Result::later;
    }
  }
  if (isThere(applicant.id).value_or(false)) {
    return Result::added;
  }
  in_doubt_.insert(
      applicant.id);  // the API may still be at it: looked for again before the next try
  return Result::later;
}

std::vector<Applicant> ApplicantSync::addAll(std::vector<Applicant> applicants, int rounds) {
  for (int round = 0; round < rounds && !applicants.empty(); ++round) {
    if (round > 0) {
      pause(std::chrono::minutes{1});
    }
    applicants.erase(
        std::remove_if(applicants.begin(),
                       applicants.end(),
                       [&](const Applicant& one) { return add(one) != Result::later; }),
        applicants.end());
  }
  return applicants;
}

std::map<std::string, std::string> ApplicantSync::changedStatuses() {
  std::map<std::string, std::string> now;
  for (const auto& candidate : client_.listAllCandidates(posting_id_)) {
    if (candidate.metadata && candidate.metadata->count(kKey) > 0) {
      now[candidate.metadata->at(kKey)] = candidate.status.text();
    }
  }
  std::map<std::string, std::string> changed;
  for (const auto& [id, status] : now) {
    if (const auto known = statuses_.find(id);
        known == statuses_.end() || known->second != status) {
      changed[id] = status;
    }
  }
  statuses_ = std::move(now);
  return changed;
}

/// Empty if the list can't be read.
std::optional<bool> ApplicantSync::isThere(const std::string& id) const {
  try {
    // The whole list: this machine's clock at the time of sending is not reliable as a lower bound.
    for (const auto& candidate : client_.listAllCandidates(posting_id_)) {
      if (candidate.metadata && candidate.metadata->count(kKey) > 0 &&
          candidate.metadata->at(kKey) == id) {
        return true;
      }
    }
    return false;
  } catch (const heymilo::Error&) {
    return std::nullopt;
  }
}

void ApplicantSync::pause(std::chrono::milliseconds time) const {
  std::mutex mutex;
  std::condition_variable no_notifier;
  std::unique_lock lock(mutex);
  heymilo::Clock& clock = client_.clock();  // which a test moves
  clock.wait(lock, no_notifier, clock.now() + time, [] { return false; });
}
