#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "heymilo/workflows/mirror.hpp"
#include "support/mirror_fakes.hpp"
#include "support/scalar_properties.hpp"
#include "workflows/mirror/mirror_contract.hpp"

/// What the rules of the contract share.
namespace heymilo_test {

inline const heymilo::Timestamp kBegin = heymilo::parseTimestamp("2026-03-01");

/// A run of its own.
inline heymilo::workflows::MirrorResult refresh(
    MirrorDatabase& database, heymilo::test::FakeList& list, bool full = false,
    const std::string& posting = "p", std::chrono::hours erase_after = std::chrono::hours{24 * 7}) {
  heymilo::workflows::MirrorOptions options;
  options.full = full;
  options.erase_after = erase_after;
  const auto sink = database.open(posting);
  return heymilo::workflows::mirrorCandidates(list.client(), posting, *sink, options);
}

/// Compares who is not gone in MirrorDatabase::candidates() with what the API has, field by field.
inline void expectEqual(const nlohmann::json& rows,
                        const std::vector<heymilo::CandidateResponse>& candidates) {
  std::size_t there = 0;
  for (const auto& row : rows) {
    there += row["gone_at"].is_null() ? 1U : 0U;
  }
  EXPECT_EQ(there, candidates.size());
  for (const auto& one : candidates) {
    ASSERT_TRUE(rows.contains(one.interview_id)) << one.interview_id;
    const nlohmann::json& row = rows[one.interview_id];
    EXPECT_TRUE(row["gone_at"].is_null()) << one.interview_id;
    EXPECT_EQ(row["document"].get<heymilo::CandidateResponse>(), one) << row;
    const nlohmann::json document = one;
    for (const auto& [name, type] : scalarProperties()) {
      EXPECT_EQ(row.at(name), document.value(name, nlohmann::json()))
          << one.interview_id << ' ' << name;
    }
  }
}

inline void expectEqual(MirrorDatabase& database, const heymilo::test::FakeList& list,
                        const std::string& posting = "p") {
  expectEqual(database.candidates(posting), list.candidates);
}

}  // namespace heymilo_test
