#include "testing/recording/pseudonyms.hpp"

#include <gtest/gtest.h>

#include <string>

namespace heymilo::testing::detail {
namespace {

using Json = nlohmann::json;

Ordered written(const char* json, Document kind = Document::item) {
  return Pseudonyms().document(Json::parse(json), kind);
}

TEST(Pseudonyms, ReplaceTextsByOnesThatLookLikeThem) {
  EXPECT_EQ(
      written(R"({"name":"Ada","email":"ada@x.org","phone_number":"+441632960961"})").dump(),
      R"({"email":"person-1@example.com","name":"Person 2","phone_number":"+15550000000003"})");
  EXPECT_EQ(written(R"({"interview_id":"int_1","interview_url":"https://x.org/?t=1"})").dump(),
            R"({"interview_id":"id-1","interview_url":"https://example.com/link-2"})");
}

TEST(Pseudonyms, AreTheSameEachTime) {
  Pseudonyms pseudonyms;
  const std::string ada = pseudonyms.text("name", "Ada");
  EXPECT_NE(pseudonyms.text("name", "Bob"), ada);
  EXPECT_EQ(pseudonyms.text("name", "Ada"), ada);
  EXPECT_EQ(pseudonyms.text("text", "Ada"), ada);
}

TEST(Pseudonyms, KeepOnlyDocumentedWords) {
  EXPECT_EQ(written(R"({"status":"completed"})").dump(), R"({"status":"completed"})");
  EXPECT_EQ(written(R"({"status":"Ada"})").dump(), R"({"status":"text-1"})");
  EXPECT_EQ(written(R"({"param":"body.data.3.email"})").dump(), R"({"param":"body.data.3.email"})");
  EXPECT_EQ(written(R"({"param":"body.Ada"})").dump(), R"({"param":"text-1"})");
}

TEST(Pseudonyms, ReplaceAPropertyThatNoModelHas) {
  EXPECT_EQ(written(R"({"salary":52000})").dump(), R"({"key-1":-1000001})");
  EXPECT_EQ(written(R"({"salary":{"score":7,"name":"Ada"}})").dump(),
            R"({"key-4":{"key-2":"text-1","key-3":-1000001}})");
}

TEST(Pseudonyms, ReplaceWhatIsNotOfThePropertysType) {
  EXPECT_EQ(written(R"({"score":"Ada"})").dump(), R"({"score":"text-1"})");
  EXPECT_EQ(written(R"({"name":4711})").dump(), R"({"name":-1000001})");
  EXPECT_EQ(written(R"({"shortlisted":{"name":"Ada"}})").dump(),
            R"({"shortlisted":{"key-2":"text-1"}})");
}

TEST(Pseudonyms, KnowTheDataOfAnEnvelopeFromThoseOfACandidate) {
  EXPECT_EQ(written(R"({"data":{"score":7}})", Document::envelope).dump(),
            R"({"data":{"score":7}})");
  EXPECT_EQ(written(R"({"data":{"score":7}})", Document::item).dump(),
            R"({"data":{"key-1":-1000001}})");
  EXPECT_EQ(written(R"({"data":[{"data":{"score":7}}]})", Document::envelope).dump(),
            R"({"data":[{"data":{"key-1":-1000001}}]})");
}

TEST(Pseudonyms, AreRecognised) {
  Pseudonyms pseudonyms;
  for (const char* kind : {"name", "email", "phone", "id", "link", "text", "key", "unheard of"}) {
    EXPECT_TRUE(isPseudonymText(pseudonyms.text(kind, kind))) << kind;
  }
  EXPECT_FALSE(isPseudonymText("Person Ada"));
  EXPECT_FALSE(isPseudonymText("completed"));
  EXPECT_TRUE(isPseudonymNumber(-1'000'001));
  EXPECT_FALSE(isPseudonymNumber(7));
}

}  // namespace
}  // namespace heymilo::testing::detail
