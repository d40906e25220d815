#pragma once

#include <heymilo/heymilo.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// An applicant of another system.
struct Applicant {
  std::string id;
  std::string name;
  std::string email;
};

/// Synchronises a posting with another system: ingests its applicants, each once, and reports their
/// progress. Not thread-safe.
class ApplicantSync {
 public:
  enum class Result {
    added,          ///< is in the posting
    already_there,  ///< was there, from an attempt with an unknown outcome
    refused,        ///< the API does not take this applicant
    later           ///< not now, or unknown: to be retried
  };

  ApplicantSync(heymilo::Client client, std::string posting_id);

  /// Throws the heymilo::StatusError of an error that waiting does not fix: key, permission,
  /// posting.
  Result add(const Applicant& applicant);

  /// Tries all applicants, and the postponed ones again after a minute, `rounds` times. Returns
  /// those that are still postponed.
  std::vector<Applicant> addAll(std::vector<Applicant> applicants, int rounds);

  /// The statuses that have changed since the last call, by the applicant's id. Throws
  /// heymilo::Error; the next call then reports all of it.
  std::map<std::string, std::string> changedStatuses();

 private:
  std::optional<bool> isThere(const std::string& id) const;
  void pause(std::chrono::milliseconds time) const;

  const heymilo::Client client_;
  const std::string posting_id_;
  std::set<std::string> in_doubt_;  // sent, and not known to have arrived or not
  std::map<std::string, std::string> statuses_;
};
