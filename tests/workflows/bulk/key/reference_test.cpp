#include "workflows/bulk/key/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace heymilo::workflows {
namespace {

const std::string kDigest = "b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72";
const std::string kMark01 = "0123456789abcdef01234567-17";

TEST(ReferenceTest, AKeyTellsItsRule) {
  EXPECT_EQ(ruleOf("content1:" + kDigest), "");
  EXPECT_EQ(ruleOf("content27:" + kDigest), "");
  EXPECT_EQ(ruleOf("email:" + kDigest), "email");
  EXPECT_EQ(ruleOf("key:external id:a"), "external id");
  EXPECT_EQ(ruleOf("key:a:b:c"), "a");  // a name has no colon
  EXPECT_EQ(ruleOf("key:email:a"), "email");
}

TEST(ReferenceTest, AnyOtherTextIsNotAKey) {
  std::string upper = kDigest;
  upper[0] = 'B';
  for (const std::string& text : {std::string(),
                                  kMark01,
                                  kDigest,
                                  "email:" + kDigest + "0",
                                  "email:" + kDigest.substr(1),
                                  "email:" + upper,
                                  std::string("email:ada@example.com"),
                                  "content:" + kDigest,
                                  "contentx:" + kDigest,
                                  "content1" + kDigest,
                                  std::string("content1:"),
                                  std::string("key:"),
                                  std::string("key::a"),
                                  std::string("key:a:"),
                                  std::string("key:a"),
                                  std::string("KEY:a:b"),
                                  std::string(" key:a:b"),
                                  std::string("emp-17")}) {
    EXPECT_EQ(ruleOf(text), std::nullopt) << text;
  }
}

TEST(ReferenceTest, IsClassifiedForARule) {
  EXPECT_EQ(classify("key:id:1", "key:id:"), Reference::key);
  EXPECT_EQ(classify("key:id2:1", "key:id:"), Reference::other);
  EXPECT_EQ(classify("email:" + kDigest, "key:id:"), Reference::other);
  EXPECT_EQ(classify("email:" + kDigest, kByEmail), Reference::key);
  EXPECT_EQ(classify("content1:" + kDigest, kByEmail), Reference::other);
  EXPECT_EQ(classify("content1:" + kDigest, kByContent), Reference::key);
  EXPECT_EQ(classify("content2:" + kDigest, kByContent), Reference::other);
  EXPECT_EQ(classify("emp-17", kByContent), Reference::unknown);
  EXPECT_EQ(classify("", kByContent), Reference::unknown);
}

TEST(ReferenceTest, AMarkOfVersion01IsKnown) {
  EXPECT_EQ(classify(kMark01, kByContent), Reference::mark_01);
  EXPECT_EQ(classify(kMark01, kByEmail), Reference::mark_01);
  for (const std::string& text : {kMark01 + "x",
                                  kMark01.substr(1),
                                  kMark01.substr(0, 25),
                                  kMark01.substr(0, 24),
                                  "0" + kMark01,
                                  kMark01.substr(0, 24) + "_17",
                                  std::string("0123456789ABCDEF01234567-17")}) {
    EXPECT_EQ(classify(text, kByContent), Reference::unknown) << text;
  }
}

}  // namespace
}  // namespace heymilo::workflows
