#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/models/timestamp.hpp"
#include "workflows/job/search.hpp"

namespace heymilo_test {

/// The API's side of a posting: who is in it, and its list.
class PostingModel {
 public:
  using Time = std::chrono::nanoseconds;

  struct Candidate {
    std::string key, interview_id;
    heymilo::Timestamp created_at;
    bool removed = false;
  };

  static heymilo::Timestamp clock(Time now) {
    return heymilo::Timestamp(std::chrono::hours{24 * 20'000}) +
           std::chrono::duration_cast<std::chrono::microseconds>(now);
  }

  /// By a machine whose clock is off by `skew`.
  const Candidate& create(const std::string& key, Time now, std::chrono::milliseconds skew) {
    const int times = ++created_[key];
    twice_ = twice_ || times > 1;
    if (times > 1) {
      twice_keys_.push_back(key);
    }
    candidates_.push_back(
        {key, "interview" + std::to_string(candidates_.size()), clock(now) + skew, false});
    return candidates_.back();
  }
  void remove(std::size_t index) { candidates_[index].removed = true; }

  /// A page after `position` of a list, and what its next page comes after.
  heymilo::workflows::ListedPage page(std::optional<heymilo::Timestamp> created_after,
                                      std::size_t size, std::optional<std::size_t>& position,
                                      bool newest_first) const {
    heymilo::workflows::ListedPage page;
    const std::size_t all = candidates_.size();
    // The position is the number of a candidate, so that it stays where it is.
    std::size_t next = newest_first ? (position ? *position : all) : (position ? *position : 0);
    while (newest_first ? next > 0 : next < all) {
      const Candidate& candidate = candidates_[newest_first ? next - 1 : next];
      const bool shown =
          !candidate.removed && (!created_after || candidate.created_at >= *created_after);
      if (shown && page.shown.size() == size) {
        page.last = false;
        break;
      }
      if (shown) {
        page.shown.push_back(
            {candidate.key, candidate.interview_id, "https://", candidate.created_at});
      }
      next = newest_first ? next - 1 : next + 1;
    }
    position = next;
    return page;
  }

  int created(const std::string& key) const {
    const auto found = created_.find(key);
    return found == created_.end() ? 0 : found->second;
  }
  /// At some moment a key was there more than once.
  bool twice() const { return twice_; }
  const std::vector<std::string>& twiceKeys() const { return twice_keys_; }
  const std::vector<Candidate>& candidates() const { return candidates_; }

 private:
  std::vector<Candidate> candidates_;
  std::map<std::string, int> created_;
  std::vector<std::string> twice_keys_;
  bool twice_ = false;
};

}  // namespace heymilo_test
