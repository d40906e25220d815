#include "client/request_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>

#include "heymilo/errors.hpp"

namespace heymilo {
namespace {

/// The param that the check refuses; "" where it refuses nothing.
template <class Checked>
std::string refusedBy(void (*check)(const Checked&), const Checked& checked) {
  try {
    check(checked);
    return "";
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    return error.param();
  }
}
std::string refused(const ListCandidatesParams& params) {
  return refusedBy(&checkListParams, params);
}
std::string refused(const CandidateIngestRequest& request) {
  return refusedBy(&checkIngestRequest, request);
}
std::string refused(const BulkCandidateIngestRequest& request) {
  return refusedBy(&checkBulkIngestRequest, request);
}

TEST(RequestChecks, OfListCandidatesParams) {
  ListCandidatesParams params;
  EXPECT_EQ(refused(params), "");
  for (const int limit : {1, 20, 100}) {
    params.limit = limit;
    EXPECT_EQ(refused(params), "");
  }
  for (const int limit : {-1, 0, 101, 1000000}) {
    params.limit = limit;
    EXPECT_EQ(refused(params), "limit") << limit;
  }
  ListCandidatesParams resumed;
  resumed.starting_after = "";
  EXPECT_EQ(refused(resumed), "starting_after");
  resumed.starting_after = "\xff";
  EXPECT_EQ(refused(resumed), "starting_after");
  ListCandidatesParams interval;
  interval.created_after = parseTimestamp("2026-01-01T00:00:00.000001Z");
  interval.created_before = parseTimestamp("2026-01-01T00:00:00Z");
  EXPECT_EQ(refused(interval), "created_before");
  interval.created_before = interval.created_after;
  EXPECT_EQ(refused(interval), "");
  interval.created_before = (Timestamp::max)();
  EXPECT_EQ(refused(interval), "created_before");
  using Seconds = std::chrono::duration<double>;
  interval.created_before.reset();
  for (const double nonsense : {1e300, -1e300, std::numeric_limits<double>::quiet_NaN()}) {
    interval.created_after =
        std::chrono::time_point<std::chrono::system_clock, Seconds>(Seconds{nonsense});
    EXPECT_EQ(refused(interval), "created_after") << nonsense;
  }
}

TEST(RequestChecks, OfPostingIds) {
  for (const char* id : {"p", "...", "a/b", "%2e", "日本", " "}) {
    EXPECT_NO_THROW(checkPostingId(id)) << id;
  }
  for (const char* id : {"", ".", "..", "\xff"}) {
    EXPECT_THROW(checkPostingId(id), InvalidArgumentError) << id;
  }
}

/// `count` characters of two bytes each.
std::string characters(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += "é";
  }
  return text;
}

TEST(RequestChecks, OfMetadata) {
  CandidateIngestRequest request{"Ada", "ada@example.com"};
  auto& metadata = request.metadata.emplace();
  metadata[characters(40)] = characters(500);
  EXPECT_EQ(refused(request), "");
  metadata["k"] = characters(501);
  EXPECT_EQ(refused(request), "metadata.k");
  metadata["k"] = "\xff";
  EXPECT_EQ(refused(request), "metadata.k");
  metadata.erase("k");
  metadata[characters(41)] = "v";
  EXPECT_EQ(refused(request), "metadata");
  metadata.clear();
  metadata["\xc3\x28"] = "v";
  EXPECT_EQ(refused(request), "metadata");
  metadata.clear();
  for (int i = 0; i < 50; ++i) {
    metadata[std::to_string(i)] = "v";
  }
  EXPECT_EQ(refused(request), "");
  metadata["50"] = "v";
  EXPECT_EQ(refused(request), "metadata");
}

TEST(RequestChecks, OfBulkRequests) {
  BulkCandidateIngestRequest bulk;
  EXPECT_EQ(refused(bulk), "data");
  bulk.data.assign(20, {"Ada", "ada@example.com"});
  EXPECT_EQ(refused(bulk), "");
  bulk.data[17].metadata.emplace()["k"] = std::string(501, 'x');
  EXPECT_EQ(refused(bulk), "data.17.metadata.k");
  bulk.data[17].metadata.reset();
  bulk.data[3].data = nlohmann::json::array();
  EXPECT_EQ(refused(bulk), "data.3.data");
}

TEST(RequestChecks, ShowsNoMetadataKey) {
  CandidateIngestRequest request{"Ada", "ada@example.com"};
  request.metadata.emplace()["ssn-123"] = std::string(501, 'x');
  try {
    checkIngestRequest(request);
    FAIL();
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.param(), "metadata.ssn-123");
    EXPECT_STREQ(error.what(), "metadata.*: must not be longer than 500 characters");
  }
}

}  // namespace
}  // namespace heymilo
