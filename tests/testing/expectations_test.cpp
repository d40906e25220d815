// Expectations about received requests.

#include "heymilo/testing/expectations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <sstream>

#include "heymilo/errors.hpp"
#include "heymilo/models.hpp"

namespace heymilo::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const CandidateIngestRequest kAda{"Ada", "ada@example.com"};

/// A type with requests().
struct Peer {
  std::vector<RecordedRequest> seen;
  const std::vector<RecordedRequest>& requests() const { return seen; }

  void add(const char* operation, milliseconds at = {}, const nlohmann::json& body = nullptr) {
    RecordedRequest request;
    request.operation = operation;
    request.method = "POST";
    request.path = "/api";
    request.body = body.is_null() ? "" : body.dump();
    request.status = seen.empty() ? 201 : 0;
    request.received_at += at;
    seen.push_back(request);
  }
};

TEST(Expectations, CountsRequests) {
  Peer peer;
  EXPECT_TRUE(received(peer, "ingestCandidate", 0));
  peer.add("ingestCandidate", {}, kAda);
  peer.add("listCandidates");
  EXPECT_TRUE(received(peer, "ingestCandidate"));
  EXPECT_TRUE(received(peer, {}, 2));
  const Expectation wrong = received(peer, "ingestCandidate", 2);
  EXPECT_FALSE(wrong);
  EXPECT_EQ(wrong.message(),
            "ingestCandidate: 2 expected, 1 received; all requests:\n"
            "  POST /api (ingestCandidate): 201\n"
            "  POST /api (listCandidates): no response");
}

TEST(Expectations, ComparesBodiesAsModels) {
  Peer peer;
  peer.add("ingestCandidate", {}, kAda);
  peer.add("ingestCandidatesBulk", {}, BulkCandidateIngestRequest{{kAda, kAda}});
  peer.add("ingestCandidate");
  EXPECT_TRUE(received(peer, RequestMatch::sending("ingestCandidate", kAda)));
  EXPECT_TRUE(received(
      peer,
      RequestMatch::sending("ingestCandidatesBulk", BulkCandidateIngestRequest{{kAda, kAda}})));
  EXPECT_TRUE(received(
      peer, RequestMatch::sending("ingestCandidate", CandidateIngestRequest{"Bob", "b@c.de"}), 0));
  EXPECT_EQ(peer.seen[1].as<BulkCandidateIngestRequest>().data.size(), 2u);
  EXPECT_THROW(peer.seen[1].as<CandidateIngestRequest>(), DecodeError);
}

TEST(Expectations, HoldsTheOrder) {
  Peer peer;
  peer.add("listCandidates");
  peer.add("ingestCandidate");
  EXPECT_TRUE(receivedInOrder(peer, {"listCandidates", "ingestCandidate"}));
  EXPECT_FALSE(receivedInOrder(peer, {"ingestCandidate", "listCandidates"}));
  EXPECT_FALSE(receivedInOrder(peer, {"listCandidates"}));
  EXPECT_THAT(receivedInOrder(peer, {"listCandidates", {}, {}}).message(),
              HasSubstr("expected in this order: listCandidates, any operation, any operation; "));
  EXPECT_THAT(receivedInOrder(Peer{}, {"listCandidates"}).message(), HasSubstr("\n  none"));
}

TEST(Expectations, MeasuresTheTimesBetween) {
  Peer peer;
  peer.add("ingestCandidate", milliseconds{5});
  peer.add("listCandidates", milliseconds{6});
  peer.add("ingestCandidate", milliseconds{505});
  peer.add("ingestCandidate", milliseconds{1505});
  EXPECT_TRUE(receivedApart(peer, "ingestCandidate", {milliseconds{500}, milliseconds{1000}}));
  EXPECT_TRUE(receivedApart(peer, "listCandidates", {}));
  EXPECT_THAT(receivedApart(peer, "ingestCandidate", {}).message(),
              HasSubstr("expected intervals none, received 500 ms, 1000 ms:"));
}

TEST(Expectations, TellGoogleTestWhy) {
  EXPECT_NONFATAL_FAILURE(EXPECT_TRUE(received(Peer{}, "ingestCandidate")),
                          "ingestCandidate: 1 expected, 0 received; all requests");
  EXPECT_FALSE(received(Peer{}, "ingestCandidate"));
}

TEST(Expectations, TellAnybodyElseToo) {
  std::ostringstream out;
  out << received(Peer{}, {}, 0) << "; " << received(Peer{}, {}, 1);
  EXPECT_THAT(out.str(), HasSubstr("it holds; any operation: 1 expected"));
}

TEST(Expectations, ShowNoBodies) {
  Peer peer;
  peer.add("ingestCandidate", {}, kAda);
  const Expectation wrong = received(peer, RequestMatch::sending("ingestCandidate", kAda), 7);
  EXPECT_THAT(wrong.message(),
              AllOf(HasSubstr("ingestCandidate that matches"), Not(HasSubstr("Ada"))));
}

}  // namespace
}  // namespace heymilo::testing
