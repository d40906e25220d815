#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "heymilo/pagination.hpp"
#include "support/mirror_fakes.hpp"

namespace heymilo {

using Ids = std::vector<std::string>;

inline ListCandidatesParams pagesOf(int limit) {
  ListCandidatesParams params;
  params.limit = limit;
  return params;
}

/// For tests of lists with candidates who can't be read: `spoil` some of `list`, read it with a
/// range that reports to `report()`, and see who was `reported`.
class UnreadableCandidates : public ::testing::Test {
 protected:
  explicit UnreadableCandidates(std::size_t count = 7) { fill(count); }

  void fill(std::size_t count) {
    list.candidates.clear();
    list.spoiled.clear();
    list.queries.clear();
    list.add(count, parseTimestamp("2026-03-01"), std::chrono::minutes{10});
    reports.clear();
    reported.clear();
  }

  UnreadableHandler report() {
    return [this](const UnreadableCandidate& candidate) {
      reports.push_back(candidate);
      reported.push_back(candidate.interview_id.value_or("?"));
    };
  }

  Ids allBut(const std::string& id) const {
    Ids ids;
    for (const CandidateResponse& one : list.candidates) {
      if (one.interview_id != id) {
        ids.push_back(one.interview_id);
      }
    }
    return ids;
  }

  test::FakeList list;
  std::vector<UnreadableCandidate> reports;
  Ids reported;  // their ids
};

inline Ids idsOf(CandidateRange& range) {
  Ids ids;
  for (const CandidateResponse& candidate : range) {
    ids.push_back(candidate.interview_id);
  }
  return ids;
}

inline Ids idsOfPages(CandidateRange& range) {
  Ids ids;
  for (const auto& page : range.pages()) {
    for (const CandidateResponse& candidate : page.data) {
      ids.push_back(candidate.interview_id);
    }
  }
  return ids;
}

}  // namespace heymilo
