#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "heymilo/workflows/mirror.hpp"

namespace heymilo_test {

/// The database of a mirror, as its users see it: SQL over a connection of its own.
class MirrorDatabase {
 public:
  virtual ~MirrorDatabase() = default;

  /// What a run opens.
  virtual std::shared_ptr<heymilo::workflows::MirrorSink> open(const std::string& posting) = 0;
  /// The rows of `candidates` of a posting, by interview_id, gone or not: an object with each
  /// column. Times are Unix seconds, Booleans are Booleans, `document` is an object.
  virtual nlohmann::json candidates(const std::string& posting) = 0;
  /// `status step_id order` of a candidate's rows in the history, in order of time.
  virtual std::vector<std::string> history(const std::string& interview_id) = 0;
  virtual std::vector<std::string> tombstones(const std::string& posting) = 0;
  /// Makes who is gone so since a longer time.
  virtual void age(std::chrono::hours hours) = 0;
  /// Whether SQL finds a text anywhere in the tables.
  virtual bool hasTrace(const std::string& text) = 0;
};

/// A rule that holds for each store, with an empty database.
struct MirrorRule {
  const char* name;
  std::function<void(MirrorDatabase&)> check;
};
inline void PrintTo(const MirrorRule& rule, std::ostream* out) { *out << rule.name; }

/// Of MirrorSink, and of mirrorCandidates() on it.
std::vector<MirrorRule> mirrorContract();
/// Of MirrorSink::erase().
std::vector<MirrorRule> erasureContract();
/// Of walks over windows, and of MirrorSink::count() and the like.
std::vector<MirrorRule> windowContract();
/// Of the search for deletions, and of erasure by windows.
std::vector<MirrorRule> searchContract();
/// Of MirrorSink::changes().
std::vector<MirrorRule> changesContract();

}  // namespace heymilo_test
