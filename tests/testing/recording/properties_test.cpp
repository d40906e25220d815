// What a recording keeps: that it follows from the schemas, and that a new property is replaced.

#include "testing/recording/properties.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace heymilo::testing::detail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Json = nlohmann::json;

/// Calls `use` with each property of each schema that the API documents: its name and its schema.
template <class Use>
void forEachProperty(const Use& use) {
  const Json document =
      Json::parse(std::ifstream(HEYMILO_SOURCE_DIR "/tests/contract/openapi.json"));
  for (const auto& [schema, description] : document.at("components").at("schemas").items()) {
    for (const auto& [name, property] : description.at("properties").items()) {
      use(name, property);
    }
  }
}

/// Whether a value of this schema can be of the type; a list or an alternative of it counts.
bool canBe(const Json& schema, const char* type) {
  if (schema.value("type", "") == type) {
    return true;
  }
  for (const Json& one : schema.value("anyOf", Json::array())) {
    if (canBe(one, type)) {
      return true;
    }
  }
  return schema.contains("items") && canBe(schema["items"], type);
}

TEST(RecordedProperties, AreThoseOfAllSchemas) {
  int count = 0;
  forEachProperty([&](const std::string& name, const Json&) {
    ++count;
    EXPECT_THAT(kindOfProperty(name), ::testing::Not(IsEmpty())) << name;
  });
  EXPECT_GT(count, 80);
  EXPECT_THAT(kindOfProperty("salary"), IsEmpty());
}

// All texts are replaced, whatever a new property is called, but for these.
TEST(RecordedProperties, FewTextsStay) {
  std::set<std::string> kept;
  forEachProperty([&](const std::string& name, const Json& schema) {
    const std::string_view kind = kindOfProperty(name);
    if (canBe(schema, "string") && (kind == "word" || kind == "place" || kind == "number")) {
      kept.insert(name);
    }
  });
  EXPECT_THAT(kept, ElementsAre("code", "loc", "object", "param", "status", "type"));
}

TEST(RecordedProperties, TheseNumbersStay) {
  std::set<std::string> kept;
  forEachProperty([&](const std::string& name, const Json& schema) {
    const std::string_view kind = kindOfProperty(name);
    if ((canBe(schema, "number") || canBe(schema, "integer")) && kind != "free") {
      kept.insert(name);
    }
  });
  EXPECT_THAT(kept,
              ElementsAre("created_at",
                          "interviewed_at",
                          "last_activity_at",
                          "last_updated_at",
                          "loc",
                          "messages_sent",
                          "order",
                          "questions_answered",
                          "resume_score",
                          "score",
                          "total_count",
                          "total_questions"));
}

TEST(RecordedProperties, ATextIsReplacedByOneThatLooksLikeIt) {
  EXPECT_EQ(kindOfProperty("name"), "name");
  EXPECT_EQ(kindOfProperty("email"), "email");
  EXPECT_EQ(kindOfProperty("phone_number"), "phone");
  EXPECT_EQ(kindOfProperty("interview_id"), "id");
  EXPECT_EQ(kindOfProperty("interview_url"), "link");
  EXPECT_EQ(kindOfProperty("url"), "link");
  EXPECT_EQ(kindOfProperty("resume_link"), "link");
  EXPECT_EQ(kindOfProperty("highlights"), "text");
  EXPECT_EQ(kindOfProperty("message"), "text");
}

TEST(RecordedProperties, WhatIsTheCallersOwnIsFree) {
  EXPECT_EQ(kindOfProperty("metadata"), "free");
  EXPECT_EQ(kindOfProperty("meta"), "free");
  EXPECT_EQ(kindOfProperty("data"), "free");  // of an envelope it is a part: see Document
  EXPECT_EQ(kindOfProperty("workflow"), "part");
  EXPECT_EQ(kindOfProperty("steps"), "part");
}

TEST(RecordedProperties, WordsAreThoseOfTheDocumentation) {
  for (const char* word : {"candidate", "knocked_out", "not_started", "queued", "json_invalid"}) {
    EXPECT_TRUE(isDocumentedWord(word)) << word;
  }
  EXPECT_FALSE(isDocumentedWord("Ada"));
  EXPECT_FALSE(isDocumentedWord(""));
}

}  // namespace
}  // namespace heymilo::testing::detail
