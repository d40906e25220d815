#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "heymilo/models/timestamp.hpp"
#include "testing/server/state/candidate.hpp"
#include "testing/server/state/logical_clock.hpp"
#include "testing/server/state/person.hpp"

namespace heymilo::testing::detail {

/// The query of a list.
struct ListQuery {
  std::size_t limit = 20;
  std::optional<std::string> starting_after{};
  std::optional<Timestamp> created_after{};   ///< inclusive
  std::optional<Timestamp> created_before{};  ///< inclusive
};

/// A part of a list.
struct Page {
  std::vector<CandidatePointer> candidates;
  bool has_more = false;
  std::size_t total_count = 0;  ///< of all pages
  Timestamp now{};              ///< the time of the shown state
};

/// All postings and their candidates. Finding a candidate and starting a page take logarithmic
/// time. Thread-safe; returned candidates are immutable.
class CandidateStore {
 public:
  CandidateStore(const LogicalClock& clock, std::uint64_t seed);

  void addPosting(std::string_view posting_id);
  bool hasPosting(std::string_view posting_id) const;

  /// Adds these people, atomically and in this order, as created now. Empty: unknown posting.
  std::optional<std::vector<CandidatePointer>> ingest(std::string_view posting_id,
                                                      std::vector<Person> people);
  /// Adds these people when `delay` has passed on the clock. Returns the id of this ingestion;
  /// empty: unknown posting.
  std::optional<std::string> queue(std::string_view posting_id, std::vector<Person> people,
                                   std::chrono::milliseconds delay);
  /// Adds generated people, created over the past days.
  void generate(std::string_view posting_id, std::size_t count);
  /// Adds a test's candidate: see MockServer::addCandidate(). Throws std::invalid_argument.
  std::string add(std::string_view posting_id, const nlohmann::json& given);
  /// See MockServer::patchCandidate(). Throws std::invalid_argument.
  void patch(std::string_view interview_id, const nlohmann::json& properties);
  /// Throws std::invalid_argument.
  void remove(std::string_view interview_id);

  /// Empty: `starting_after` is not a candidate of this posting. Throws std::invalid_argument for
  /// an unknown posting.
  std::optional<Page> list(std::string_view posting_id, const ListQuery& query);
  /// All candidates. Throws std::invalid_argument.
  Page all(std::string_view posting_id);

 private:
  using List = std::vector<CandidatePointer>;
  struct Posting {
    List listed;                                           ///< by listedBefore()
    std::multimap<Timestamp, std::vector<Person>> queued;  ///< by their due time
  };

  Posting* find(std::string_view posting_id);
  Posting& at(std::string_view posting_id);
  CandidatePointer candidateAt(std::string_view interview_id) const;
  void settle(std::string_view posting_id, Posting& posting, Timestamp now);
  Candidate make(std::string_view posting_id, Timestamp created_at);
  List addPeople(std::string_view posting_id, Posting& posting, std::vector<Person> people,
                 Timestamp created_at);
  void insert(Posting& posting, const List& candidates);
  std::string candidateId(std::string_view email) const;

  const LogicalClock& clock_;
  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::map<std::string, Posting, std::less<>> postings_;
  std::unordered_map<std::string, CandidatePointer> by_id_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t last_ingestion_ = 0;
};

}  // namespace heymilo::testing::detail
