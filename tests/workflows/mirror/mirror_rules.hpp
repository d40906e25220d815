#pragma once

#include <gtest/gtest.h>

#include <string>

#include "heymilo/workflows/mirror.hpp"
#include "support/mirror_fakes.hpp"
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

/// Compares who is not gone with the list, field by field.
inline void expectEqual(MirrorDatabase& database, const heymilo::test::FakeList& list,
                        const std::string& posting = "p") {
  const nlohmann::json rows = database.candidates(posting);
  std::size_t there = 0;
  for (const auto& row : rows) {
    there += row["gone_at"].is_null() ? 1U : 0U;
  }
  EXPECT_EQ(there, list.candidates.size());
  for (const auto& one : list.candidates) {
    ASSERT_TRUE(rows.contains(one.interview_id)) << one.interview_id;
    const nlohmann::json& row = rows[one.interview_id];
    EXPECT_TRUE(row["gone_at"].is_null()) << one.interview_id;
    EXPECT_EQ(row["document"].get<heymilo::CandidateResponse>(), one) << row;
    const nlohmann::json document = one;
    for (const auto& [name, value] : row.items()) {
      if (name != "document" && document.contains(name)) {
        EXPECT_EQ(value, document[name]) << one.interview_id << ' ' << name;
      }
    }
    EXPECT_EQ(row["score"].is_null(), !one.score.has_value());
    EXPECT_EQ(row["created_at"].is_null(), !one.created_at.has_value());
  }
}

}  // namespace heymilo_test
