#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "support/mirror_fakes.hpp"

namespace heymilo::workflows {

/// For tests of the search for deletions: a list, and a mirror of it in memory.
class MirrorSearchFixture : public ::testing::Test {
 protected:
  static Timestamp machineNow() { return toTimestamp(std::chrono::system_clock::now()); }

  /// A list and its mirror, without reading it.
  void mirrored(std::size_t count, std::chrono::microseconds apart = std::chrono::minutes{1}) {
    list.candidates.clear();
    list.add(count, first, apart);
    fill(sink);
  }

  void fill(test::MemorySink& mirror) const {
    mirror.rows.clear();
    mirror.state = {};
    for (const CandidateResponse& one : list.candidates) {
      mirror.rows[one.interview_id] = {one, 1, false};
      if (one.created_at) {
        mirror.state.watermark =
            std::max(mirror.state.watermark.value_or(*one.created_at), *one.created_at);
      }
    }
    mirror.state.last_walk = 1;
    mirror.state.last_full = machineNow();
  }

  MirrorResult mirror() {
    list.queries.clear();
    return mirrorCandidates(list.client(), "p", sink, options);
  }

  void expectMirrored() const {
    std::size_t there = 0;
    for (const auto& [id, row] : sink.rows) {
      there += row.gone ? 0U : 1U;
    }
    EXPECT_EQ(there, list.candidates.size());
    expectNobodyIsMissing();
  }

  void expectNobodyIsMissing() const {
    for (const CandidateResponse& one : list.candidates) {
      const auto row = sink.rows.find(one.interview_id);
      ASSERT_NE(row, sink.rows.end()) << one.interview_id;
      ASSERT_FALSE(row->second.gone) << one.interview_id;
    }
  }

  const Timestamp first = parseTimestamp("2026-03-01");
  test::FakeList list;
  test::WindowSink sink;
  MirrorOptions options;
};

}  // namespace heymilo::workflows
