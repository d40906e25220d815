#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "support/keys.hpp"
#include "workflows/bulk/key/key_rule.hpp"

namespace heymilo_test {
namespace {

RecognisedKey shownOf(const std::string& name, const std::optional<Metadata>& metadata,
                      const std::string& email = "ada@example.com") {
  CandidateResponse candidate;
  candidate.email = email;
  candidate.metadata = metadata;
  return KeyRule(name).identify(candidate);
}

TEST(KeyRuleCandidateTest, ACandidateIsWhomItsReferenceSays) {
  const std::string content = "content1:" + kAdaExample;
  EXPECT_EQ(shownOf("", Metadata{{"heymilo_ref", content}}).key, content);
  EXPECT_EQ(shownOf("email", Metadata{{"heymilo_ref", kAda}}, "new@example.com").key, kAda);
  const RecognisedKey shown = shownOf("id", Metadata{{"heymilo_ref", "key:id:1"}, {"id", "2"}});
  EXPECT_EQ(shown.key, "key:id:1");
  EXPECT_EQ(shown.reference, Reference::key);
  EXPECT_TRUE(shown.known);
}

TEST(KeyRuleCandidateTest, WithoutAReferenceTheIdOrTheAddressCounts) {
  for (const std::optional<Metadata>& metadata :
       {std::optional<Metadata>(),
        std::optional<Metadata>(Metadata{}),
        std::optional<Metadata>(Metadata{{"other", "x"}})}) {
    EXPECT_EQ(shownOf("email", metadata, "ADA@example.com").key, kAda);
    EXPECT_EQ(shownOf("id", metadata).key, std::nullopt);
    EXPECT_EQ(shownOf("", metadata).key, std::nullopt);
    EXPECT_EQ(shownOf("heymilo_ref", metadata).key, std::nullopt);
    EXPECT_EQ(shownOf("", metadata).reference, Reference::none);
    EXPECT_TRUE(shownOf("", metadata).known);
  }
  EXPECT_EQ(shownOf("id", Metadata{{"id", "1"}}).key, "key:id:1");
  EXPECT_EQ(shownOf("", Metadata{{"id", "1"}}).key, std::nullopt);
  // What no record can have is not a key.
  EXPECT_EQ(shownOf("id", Metadata{{"id", ""}}).key, std::nullopt);
  EXPECT_EQ(shownOf("id", Metadata{{"id", "1\n"}}).key, std::nullopt);
  EXPECT_EQ(shownOf("id", Metadata{{"id", repeated("é", 494)}}).key, std::nullopt);
  EXPECT_EQ(shownOf("email", std::nullopt, "not an address").key, std::nullopt);
}

// The posting was filled by another rule, or by another program: the person is the same.
TEST(KeyRuleCandidateTest, WithAnotherReferenceTheIdOrTheAddressCountsAsWell) {
  const std::string content = "content1:" + kAdaExample;
  const std::pair<std::string, Reference> others[] = {{content, Reference::other},
                                                      {"key:other:1", Reference::other},
                                                      {kMark01, Reference::mark_01},
                                                      {"emp-17", Reference::unknown},
                                                      {"key:id:", Reference::unknown},
                                                      {"", Reference::unknown}};
  for (const auto& [reference, kind] : others) {
    const Metadata metadata{{"heymilo_ref", reference}, {"id", "1"}};
    EXPECT_EQ(shownOf("id", metadata).key, "key:id:1") << reference;
    EXPECT_EQ(shownOf("id", metadata).reference, kind) << reference;
    EXPECT_EQ(shownOf("email", metadata).key, kAda) << reference;
    EXPECT_EQ(shownOf("email", metadata).reference, kind) << reference;
    EXPECT_EQ(shownOf("heymilo_ref", metadata).key,
              reference.empty() ? std::nullopt : std::optional("key:heymilo_ref:" + reference));
  }
  const RecognisedKey shown = shownOf("", Metadata{{"heymilo_ref", "key:id:1"}, {"id", "1"}});
  EXPECT_EQ(shown.key, std::nullopt);
  EXPECT_EQ(shown.reference, Reference::other);
}

// Whatever the value looks like: the record with it has the same key.
TEST(KeyRuleCandidateTest, IdsUnderTheReferenceAreTakenAsTheyAre) {
  for (const std::string& value : {std::string("emp-17"),
                                   std::string("key:heymilo_ref:1"),
                                   std::string("key:id:1"),
                                   kAda,
                                   kMark01}) {
    const RecognisedKey shown = shownOf("heymilo_ref", Metadata{{"heymilo_ref", value}});
    EXPECT_EQ(shown.key, "key:heymilo_ref:" + value);
    EXPECT_EQ(shown.key, keyOf("heymilo_ref", adaWith("heymilo_ref", value)));
    EXPECT_EQ(shown.reference, Reference::key);
  }
}

TEST(KeyRuleCandidateTest, AReceiptHasNoAddress) {
  const Metadata marked{{"heymilo_ref", kAda}};
  EXPECT_EQ(KeyRule("email").identify(nullptr, &marked).key, kAda);
  EXPECT_TRUE(KeyRule("email").identify(nullptr, &marked).known);
  EXPECT_FALSE(KeyRule("email").identify(nullptr, nullptr).known);
  EXPECT_TRUE(KeyRule("id").identify(nullptr, nullptr).known);
  EXPECT_EQ(KeyRule("id").identify(nullptr, nullptr).key, std::nullopt);
}

/// With an empty posting `p`.
class KeyRuleInAPosting : public Test {
 protected:
  KeyRuleInAPosting() { server.addPosting("p"); }

  MockServer server;
  Client client{server.clientOptions()};
};

TEST_F(KeyRuleInAPosting, ARecordAndItsCandidateHaveTheSameKey) {
  const CandidateIngestRequest plain{"Zoë \"Z\" \n 😀", "Zoe@Example.com"};
  std::vector<CandidateIngestRequest> people = {plain, plain, plain};
  people[0].withMetadata("id", "é \"1\" \\ 😀");
  people[1].withMetadata("id", repeated("€", 493)).withMetadata("a", "\n\t\u0001");
  people[2].withMetadata("id", "1:2:3").withData("x", 1.5).withPhoneNumber("+14155550123");
  for (const std::string name : {"", "email", "id"}) {
    const KeyRule rule(name);
    const std::string posting = "p" + name;
    server.addPosting(posting);
    BulkCandidateIngestRequest request{people};
    std::multiset<std::string> sent, receipts, shown;
    for (CandidateIngestRequest& one : request.data) {
      sent.insert(rule.identify(one).key);
    }
    for (const auto& receipt : client.ingestCandidatesBulk(posting, request).data) {
      receipts.insert(rule.identify(nullptr, &receipt.metadata.value()).key.value_or("none"));
    }
    for (const CandidateResponse& candidate : client.listAllCandidates(posting)) {
      const RecognisedKey key = rule.identify(candidate);
      EXPECT_EQ(key.reference, Reference::key);
      shown.insert(key.key.value_or("none"));
    }
    EXPECT_EQ(sent.size(), 3u);
    EXPECT_EQ(receipts, sent);
    EXPECT_EQ(shown, sent);
  }
}

TEST_F(KeyRuleInAPosting, AnUnreadableCandidateMayHaveAReadableKey) {
  struct Case {
    nlohmann::json properties;
    const char* name;
    RecognisedKey expected;
  };
  const nlohmann::json marked = {{"heymilo_ref", "key:id:1"}, {"id", "2"}};
  const nlohmann::json by_id = {{"id", "2"}};
  const Case cases[] = {
      {{{"score", "x"}, {"metadata", marked}}, "id", {"key:id:1", Reference::key, true}},
      {{{"score", "x"}, {"metadata", by_id}}, "id", {"key:id:2", Reference::none, true}},
      {{{"score", "x"}, {"metadata", nullptr}}, "id", {{}, Reference::none, true}},
      {{{"score", "x"}, {"metadata", nullptr}, {"email", "Ada@example.com"}},
       "email",
       {kAda, Reference::none, true}},
      {{{"email", 1}, {"metadata", marked}}, "id", {"key:id:1", Reference::key, true}},
      {{{"email", 1}, {"metadata", by_id}}, "id", {"key:id:2", Reference::none, true}},
      {{{"email", 1}, {"metadata", marked}}, "email", {{}, Reference::other, false}},
      {{{"email", 1}, {"metadata", {{"heymilo_ref", kAda}}}},
       "email",
       {kAda, Reference::key, true}},
      {{{"email", 1}, {"metadata", by_id}}, "", {{}, Reference::none, true}},
      {{{"metadata", {{"heymilo_ref", 1}, {"id", "2"}}}}, "id", {{}, Reference::none, false}},
      {{{"metadata", {{"heymilo_ref", 1}}}}, "email", {{}, Reference::none, false}},
      {{{"metadata", "x"}}, "", {{}, Reference::none, false}},
  };
  server.addCandidate("p");
  const std::string id = server.addCandidate("p");
  for (const Case& one : cases) {
    SCOPED_TRACE(one.properties.dump() + ' ' + one.name);
    server.patchCandidate(id, {{"score", 1}, {"email", "zoe@example.com"}, {"metadata", nullptr}});
    server.patchCandidate(id, one.properties);
    std::vector<RecognisedKey> shown;
    CandidateRange range = client.listAllCandidates("p");
    range.onUnreadable([&](const UnreadableCandidate& candidate) {
      shown.push_back(KeyRule(one.name).identify(candidate));
    });
    for (const CandidateResponse& candidate : range) {
      EXPECT_NE(candidate.interview_id, id);
    }
    ASSERT_EQ(shown.size(), 1u);
    EXPECT_EQ(shown[0].key, one.expected.key);
    EXPECT_EQ(shown[0].reference, one.expected.reference);
    EXPECT_EQ(shown[0].known, one.expected.known);
  }
}

// A bracket is missing: what is after it is not known, and so is nothing of it.
TEST(KeyRuleCandidateTest, OfABrokenCandidateNothingIsKnown) {
  const UnreadableCandidate candidate{
      "int_1",
      {},
      {},
      {{"metadata", {{"heymilo_ref", "key:id:1"}}}, {"email", "ada@example.com"}},
      {},
      DecodeError("", "")};
  EXPECT_FALSE(KeyRule("id").identify(candidate).known);
  EXPECT_FALSE(KeyRule("email").identify(candidate).known);
  EXPECT_EQ(KeyRule("id").identify(candidate).key, std::nullopt);
}

}  // namespace
}  // namespace heymilo_test
