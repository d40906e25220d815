#include "workflows/bulk/key/key_rule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "support/keys.hpp"

namespace heymilo_test {
namespace {

CandidateIngestRequest withKeys(std::size_t count) {
  CandidateIngestRequest request = ada();
  for (std::size_t i = 0; i < count; ++i) {
    request.withMetadata("key" + std::to_string(i), "value");
  }
  return request;
}

/// `code param: message`, of a record that stays as it was.
std::string problemOf(const std::string& name, const CandidateIngestRequest& request) {
  CandidateIngestRequest same = request;
  const IdentifiedRecord record = KeyRule(name).identify(same);
  EXPECT_TRUE(same == request);
  return record.problem ? record.problem->code + ' ' + record.problem->param.value_or("") + ": " +
                              record.problem->message
                        : "";
}

std::string refusalOf(const std::string& name) {
  try {
    const KeyRule rule(name);
    return "";
  } catch (const InvalidArgumentError& error) {
    return error.what();
  }
}

TEST(KeyRuleTest, ARecordIsItsContentWithoutAName) {
  CandidateIngestRequest request = ada();
  const IdentifiedRecord record = KeyRule("").identify(request);
  EXPECT_EQ(record.key, "content1:" + kAdaExample);
  EXPECT_EQ(record.content, kAdaExample);
  EXPECT_EQ(request.metadata, (Metadata{{"heymilo_ref", "content1:" + kAdaExample}}));
}

TEST(KeyRuleTest, ARecordIsItsAddress) {
  CandidateIngestRequest request = ada();
  const IdentifiedRecord record = KeyRule("email").identify(request);
  EXPECT_EQ(record.key, kAda);
  EXPECT_EQ(record.content, kAdaExample);
  EXPECT_EQ(request.metadata, (Metadata{{"heymilo_ref", kAda}}));
  EXPECT_EQ(keyOf("email", {"Someone Else", " ADA@Example.com\r\n"}), kAda);
  EXPECT_EQ(keyOf("email", adaWith("email", "other@example.com")), kAda);  // not the metadata's
}

TEST(KeyRuleTest, ARecordIsItsOwnId) {
  CandidateIngestRequest request = adaWith("external_id", "a-1");
  const IdentifiedRecord record = KeyRule("external_id").identify(request);
  EXPECT_EQ(record.key, "key:external_id:a-1");
  EXPECT_EQ(request.metadata,
            (Metadata{{"external_id", "a-1"}, {"heymilo_ref", "key:external_id:a-1"}}));
  EXPECT_NE(record.content, kAdaExample);
  // The value counts as it is.
  EXPECT_EQ(keyOf("id", adaWith("id", " A:é ")), "key:id: A:é ");
  EXPECT_EQ(keyOf("The id", adaWith("The id", "1")), "key:The id:1");
}

TEST(KeyRuleTest, IdentifyingARecordAgainChangesNothing) {
  for (const char* name : {"", "email", "key0", "heymilo_ref"}) {
    CandidateIngestRequest request = withKeys(2);
    if (std::string(name) == "heymilo_ref") {
      request.withMetadata("heymilo_ref", "emp-17");
    }
    const KeyRule rule(name);
    const IdentifiedRecord once = rule.identify(request);
    CandidateIngestRequest sent = request;
    const IdentifiedRecord again = rule.identify(request);
    EXPECT_EQ(again.key, once.key);
    EXPECT_EQ(again.content, once.content);
    EXPECT_FALSE(again.problem);
    EXPECT_TRUE(request == sent);
  }
}

TEST(KeyRuleTest, AReferenceOfTheRecordsOwnIsRefused) {
  const std::string what =
      "other_reference metadata.heymilo_ref: is not the record's key, and the name is reserved for "
      "it: remove it, or, if it is an id of your own, use heymilo_ref as the key";
  EXPECT_EQ(problemOf("", adaWith("heymilo_ref", "emp-17")), what);
  EXPECT_EQ(problemOf("email", adaWith("heymilo_ref", kMark01)), what);
  EXPECT_EQ(problemOf("id", adaWith("id", "1").withMetadata("heymilo_ref", "key:id:2")), what);
  EXPECT_EQ(problemOf("id", adaWith("id", "1").withMetadata("heymilo_ref", "")), what);
  // One that was exported with its key is the same.
  EXPECT_EQ(keyOf("id", adaWith("id", "1").withMetadata("heymilo_ref", "key:id:1")), "key:id:1");
}

TEST(KeyRuleTest, IdsOfVersion01UnderTheReferenceAreANameLikeAnyOther) {
  CandidateIngestRequest request = withKeys(49).withMetadata("heymilo_ref", "emp-17");
  const IdentifiedRecord record = KeyRule("heymilo_ref").identify(request);
  EXPECT_EQ(record.key, "key:heymilo_ref:emp-17");
  EXPECT_EQ(request.metadata->at("heymilo_ref"), "emp-17");
  EXPECT_EQ(request.metadata->size(), 50u);
  EXPECT_THAT(problemOf("heymilo_ref", ada()), StartsWith("missing_key metadata: "));
}

TEST(KeyRuleTest, TheKeyNeedsRoom) {
  for (const char* name : {"", "email", "key0"}) {
    CandidateIngestRequest request = withKeys(49);
    const IdentifiedRecord record = KeyRule(name).identify(request);
    EXPECT_FALSE(record.problem);
    EXPECT_EQ(request.metadata->size(), 50u);
    EXPECT_EQ(problemOf(name, withKeys(50)),
              "no_room_for_key metadata: has 50 keys: remove 1, since heymilo_ref needs room (50 "
              "are allowed)");
    EXPECT_THAT(problemOf(name, withKeys(53)), HasSubstr("has 53 keys: remove 4,"));
    // Who it is, is known all the same.
    CandidateIngestRequest full = withKeys(50);
    EXPECT_NE(KeyRule(name).identify(full).key, "");
    EXPECT_NE(KeyRule(name).identify(full).content, "");
  }
}

TEST(KeyRuleTest, ARecordWithoutItsKeyIsRefused) {
  EXPECT_EQ(problemOf("id", ada()),
            "missing_key metadata: must have the key \"id\", which says who the record is: add it, "
            "or use another key");
  EXPECT_THAT(problemOf("id", adaWith("ID", "1")), StartsWith("missing_key metadata: "));
  for (const char* blank : {"", " ", "\t\r\n"}) {
    EXPECT_EQ(problemOf("id", adaWith("id", blank)),
              "missing_key metadata.id: is empty, and is the key: give the record an id of its "
              "own");
  }
  for (const char* none : {"", " ", "-", "n/a", "unknown"}) {
    EXPECT_EQ(problemOf("email", {"A", none}),
              "invalid_key email: is the key, and is not an e-mail address: correct it, or use "
              "another key");
  }
  CandidateIngestRequest request = ada();
  const IdentifiedRecord record = KeyRule("id").identify(request);
  EXPECT_EQ(record.key, "");
  EXPECT_EQ(record.content, kAdaExample);
}

TEST(KeyRuleTest, AKeyFitsIntoItsPlace) {
  const std::string longest = repeated("é", 493);  // and `key:id:`
  EXPECT_EQ(keyOf("id", adaWith("id", longest)), "key:id:" + longest);
  EXPECT_EQ(problemOf("id", adaWith("id", longest + "é")),
            "invalid_key metadata.id: is the key, and must not be longer than 493 characters: use "
            "a shorter id");
  EXPECT_EQ(problemOf("id", adaWith("id", "1\r")),
            "invalid_key metadata.id: has a control character, and is the key: remove it");
  EXPECT_THAT(problemOf("id", adaWith("id", std::string("1\0", 2))), HasSubstr("control"));
}

TEST(KeyRuleTest, WhatCannotBeSentIsRefused) {
  for (const char* name : {"", "email", "id"}) {
    CandidateIngestRequest request = adaWith("id", "1");
    request.name = "\xff";
    EXPECT_EQ(problemOf(name, request), "invalid_record name: must be UTF-8");
    EXPECT_EQ(KeyRule(name).identify(request).content, "");
  }
  EXPECT_EQ(problemOf("id", adaWith("id", "\xff")), "invalid_record metadata: must be UTF-8");
}

// No message has anything of the person.
TEST(KeyRuleTest, AProblemQuotesNothing) {
  const std::string secret = "Geheimnis";
  CandidateIngestRequest request{secret, secret};
  request.withPhoneNumber(secret).withData(secret, secret);
  for (const std::string& value : {secret + '\r', secret + '\xff', repeated("Geheimnis", 60)}) {
    CandidateIngestRequest other = request;
    other.withMetadata("id", value);
    EXPECT_THAT(problemOf("id", other), Not(IsEmpty()));
    EXPECT_THAT(problemOf("id", other), Not(HasSubstr(secret)));
  }
  EXPECT_THAT(problemOf("email", request), Not(IsEmpty()));
  EXPECT_THAT(problemOf("email", request), Not(HasSubstr(secret)));
  request.withMetadata("heymilo_ref", secret);
  EXPECT_THAT(problemOf("", request), Not(IsEmpty()));
  EXPECT_THAT(problemOf("", request), Not(HasSubstr(secret)));
}

TEST(KeyRuleTest, ANameIsThatOfAMetadataKey) {
  for (const std::string& name : {std::string("a"),
                                  std::string("Email"),
                                  std::string("a b.c-d/e"),
                                  std::string("é"),
                                  repeated("é", 40),
                                  std::string("content1")}) {
    EXPECT_EQ(refusalOf(name), "") << name;
    EXPECT_EQ(KeyRule(name).name(), name);
  }
  EXPECT_EQ(refusalOf(repeated("é", 41)),
            "key: must not be longer than 40 characters, as no metadata key is");
  EXPECT_THAT(refusalOf("a:b"), HasSubstr("colon"));
  EXPECT_THAT(refusalOf("a\n"), HasSubstr("control"));
  EXPECT_THAT(refusalOf("\xff"), HasSubstr("UTF-8"));
}

// One posting may have keys by several rules.
TEST(KeyRuleTest, KeysOfTwoRulesAreNeverTheSame) {
  const std::vector<std::string> names = {
      "", "email", "a", "b", "key", "email1", "content1", "content", "heymilo_ref", "a a", "é"};
  const std::vector<std::string> values = {
      "a", "a:b", ":", ":a", "email", "key:a:b", kAda, "content1:" + kAdaExample, "b:key:a:b"};
  std::map<std::string, std::pair<std::string, std::string>> whose;
  for (const std::string& name : names) {
    for (const std::string& value : values) {
      CandidateIngestRequest request{value, value + "@example.com"};
      if (!name.empty() && name != "email") {
        request.withMetadata(name, value);
      }
      const std::string key = keyOf(name, request);
      const auto [place, fresh] = whose.emplace(key, std::pair(name, value));
      EXPECT_TRUE(fresh) << key << ": " << name << ", " << place->second.first;
      EXPECT_EQ(ruleOf(key), name);
    }
  }
}

/// `code param`, of a record whose key is known apart; it stays as it was.
std::string problemOf(const std::string& name, CandidateIngestRequest request,
                      const std::string& value) {
  const CandidateIngestRequest same = request;
  const IdentifiedRecord record = KeyRule(name).identify(request, value);
  EXPECT_TRUE(same == request || !record.problem);
  return record.problem ? record.problem->code + ' ' + record.problem->param.value_or("") : "";
}

TEST(KeyRuleTest, TheValueMayBeKnownApart) {
  CandidateIngestRequest request = ada();
  const IdentifiedRecord record = KeyRule("id").identify(request, "4711");
  EXPECT_FALSE(record.problem);
  EXPECT_EQ(record.key, "key:id:4711");
  EXPECT_EQ(record.content, kAdaExample);
  EXPECT_EQ(request.metadata, (Metadata{{"heymilo_ref", "key:id:4711"}}));
  EXPECT_EQ(KeyRule("id").identify(request, "4711").key, record.key);

  CandidateIngestRequest with_it = ada();
  with_it.withMetadata("id", "4711");
  EXPECT_EQ(KeyRule("id").identify(with_it, "4711").key, "key:id:4711");
  EXPECT_EQ(with_it.metadata, (Metadata{{"heymilo_ref", "key:id:4711"}, {"id", "4711"}}));

  CandidateIngestRequest own = ada();
  EXPECT_EQ(KeyRule("heymilo_ref").identify(own, "4711").key, "key:heymilo_ref:4711");
  EXPECT_EQ(own.metadata, (Metadata{{"heymilo_ref", "4711"}}));
}

TEST(KeyRuleTest, AValueThatIsKnownApartMayNotDo) {
  CandidateIngestRequest other = ada();
  other.withMetadata("id", "4712");
  EXPECT_EQ(problemOf("id", other, "4711"), "other_key metadata.id");
  CandidateIngestRequest reference = ada();
  reference.withMetadata("heymilo_ref", "key:id:4712");
  EXPECT_EQ(problemOf("id", reference, "4711"), "other_reference metadata.heymilo_ref");
  EXPECT_EQ(problemOf("heymilo_ref", reference, "4711"), "other_key metadata.heymilo_ref");
  EXPECT_EQ(problemOf("id", ada(), " "), "missing_key key");
  EXPECT_EQ(problemOf("id", ada(), "a\nb"), "invalid_key key");
  EXPECT_EQ(problemOf("id", ada(), std::string(494, 'x')), "invalid_key key");
  EXPECT_EQ(problemOf("id", ada(), std::string(493, 'x')), "");
  EXPECT_EQ(problemOf("id", withKeys(50), "4711"), "no_room_for_key metadata");
  EXPECT_EQ(problemOf("", ada(), "4711"), "other_key key");
  EXPECT_EQ(problemOf("email", ada(), "4711"), "other_key key");
}

}  // namespace
}  // namespace heymilo_test
