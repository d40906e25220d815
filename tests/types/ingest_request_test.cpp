#include <gtest/gtest.h>

#include <optional>
#include <type_traits>

#include "heymilo/errors.hpp"
#include "heymilo/models.hpp"

namespace heymilo {
namespace {

using nlohmann::json;

static_assert(std::is_aggregate_v<CandidateIngestRequest>);

TEST(IngestRequest, IsMadeInOneExpression) {
  const json made = CandidateIngestRequest{"Ada Example", "ada@example.com"}
                        .withPhoneNumber("+14155550123")
                        .withMetadata("external_id", "a-1")
                        .withMetadata("source", "form")
                        .withData("years", 7)
                        .withData("skills", {"C++", "chess"});
  EXPECT_EQ(made,
            json({{"name", "Ada Example"},
                  {"email", "ada@example.com"},
                  {"phone_number", "+14155550123"},
                  {"metadata", {{"external_id", "a-1"}, {"source", "form"}}},
                  {"data", {{"years", 7}, {"skills", {"C++", "chess"}}}}}));
}

TEST(IngestRequest, CanBeAddedToAndSetAgain) {
  CandidateIngestRequest person{"Ada Example", "ada@example.com"};
  CandidateIngestRequest& same =
      person.withMetadata("source", "form").withMetadata("source", "csv");
  EXPECT_EQ(&same, &person);
  person.withPhoneNumber("1").withPhoneNumber("+2").withData("a", 1).withData("a", nullptr);
  EXPECT_EQ(person.metadata->size(), 1u);
  EXPECT_EQ(person.metadata->at("source"), "csv");
  EXPECT_EQ(person.phone_number, "+2");
  EXPECT_EQ(*person.data, json({{"a", nullptr}}));
}

TEST(IngestRequest, DataThatIsNoObjectTakesNoKeys) {
  CandidateIngestRequest person{"Ada Example", "ada@example.com"};
  person.data = json::array({1});
  EXPECT_THROW(person.withData("a", 1), InvalidArgumentError);
  EXPECT_EQ(*person.data, json::array({1}));
}

TEST(IngestRequest, IsStillAPlainStruct) {
  const auto data = std::make_optional(json{{"c", 1}});
  const CandidateIngestRequest ada{
      "Ada", "ada@example.com", "+1", {{{"a", "b"}}}, data, json{{"d", 2}}};
  EXPECT_EQ(ada.additional_properties["d"], 2);
  const BulkCandidateIngestRequest bulk{
      {{"Ada", "ada@example.com"},
       CandidateIngestRequest{"Bob", "bob@example.com"}.withMetadata("external_id", "b-1")}};
  EXPECT_EQ(bulk.data.size(), 2u);
}

}  // namespace
}  // namespace heymilo
