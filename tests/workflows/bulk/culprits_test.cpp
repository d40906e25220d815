#include "workflows/bulk/culprits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/namespaces.hpp"

namespace heymilo_test {
namespace {

constexpr std::size_t kSize = 20;

StatusError refusalOf(std::vector<APIErrorDetail> errors,
                      const std::optional<std::string>& param = {}) {
  StatusError::Details details;
  details.status = 422;
  details.error.code = "validation_error";
  details.error.message = "Invalid.";
  details.error.param = param;
  if (!errors.empty()) {
    details.error.errors = std::move(errors);
  }
  return StatusError("refused", details);
}

APIErrorDetail about(const std::string& param, const std::string& message = "wrong") {
  return {"value_error", message, param};
}

std::vector<std::size_t> placesIn(const StatusError& error) {
  std::vector<std::size_t> places;
  for (const auto& [place, detail] : culpritsOf(error, kSize)) {
    places.push_back(place);
  }
  return places;
}

TEST(Culprits, AreTheRecordsThatTheErrorsName) {
  const auto culprits = culpritsOf(
      refusalOf({about("body.data.17.email"), about("data.3.metadata.note"), about("body.data.5")}),
      kSize);
  ASSERT_EQ(culprits.size(), 3u);
  EXPECT_EQ(culprits.at(17).param, "email");
  EXPECT_EQ(culprits.at(17).code, "value_error");
  EXPECT_EQ(culprits.at(17).message, "wrong");
  EXPECT_EQ(culprits.at(3).param, "metadata.note");
  EXPECT_EQ(culprits.at(5).param, std::nullopt);  // the record as a whole
}

TEST(Culprits, OfSeveralErrorsTheFirstCounts) {
  const auto culprits = culpritsOf(
      refusalOf({about("body.data.1.email", "first"), about("body.data.1.name", "second")},
                "body.data.1.phone_number"),
      kSize);
  ASSERT_EQ(culprits.size(), 1u);
  EXPECT_EQ(culprits.at(1).message, "first");
}

TEST(Culprits, TheErrorItselfMayNameOne) {
  const auto culprits = culpritsOf(refusalOf({}, "body.data.2.name"), kSize);
  ASSERT_EQ(culprits.size(), 1u);
  EXPECT_EQ(culprits.at(2).code, "validation_error");
  EXPECT_EQ(culprits.at(2).message, "Invalid.");
  EXPECT_EQ(culprits.at(2).param, "name");
}

TEST(Culprits, WhatNamesNoRecordOfTheRequestIsIgnored) {
  for (const char* param : {"",
                            "data",
                            "data.",
                            "body.data",
                            "body.data.email",
                            "body.data.-1",
                            "body.data.20.email",
                            "body.data.99999999999999999999999.email",
                            "body.data.1email",
                            "body.posting_id",
                            "other.data.1",
                            "body.body.data.1",
                            "Data.1.email"}) {
    EXPECT_THAT(placesIn(refusalOf({about(param)}, param)), IsEmpty()) << param;
  }
  EXPECT_THAT(placesIn(refusalOf({})), IsEmpty());
  EXPECT_THAT(placesIn(refusalOf({about("body.data.19"), about("body.data.20")})), ElementsAre(19));
}

TEST(Culprits, OfTheLibraryItself) {
  const auto culprit = culpritOf(
      InvalidArgumentError("data.17.metadata.note", "must not be longer than: 500"), kSize);
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->first, 17u);
  EXPECT_EQ(culprit->second.code, "invalid_request");
  EXPECT_EQ(culprit->second.message, "must not be longer than: 500");
  EXPECT_EQ(culprit->second.param, "metadata.note");
  EXPECT_FALSE(culpritOf(InvalidArgumentError("posting_id", "must not be empty"), kSize));
  EXPECT_FALSE(culpritOf(InvalidArgumentError("data.20.email", "must not be empty"), kSize));
}

}  // namespace
}  // namespace heymilo_test
