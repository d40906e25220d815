// The people in examples/data agree with examples/data/README.md.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <heymilo/models.hpp>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

using heymilo::CandidateIngestRequest;
using ::testing::SizeIs;

std::vector<CandidateIngestRequest> people() {
  std::ifstream file(HEYMILO_SOURCE_DIR "/examples/data/people.ndjson");
  std::vector<CandidateIngestRequest> all;
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line);
    all.push_back(json.get<CandidateIngestRequest>());
    EXPECT_TRUE(all.back().additional_properties.is_null());
    EXPECT_EQ(nlohmann::json(all.back()), json);
  }
  return all;
}

std::size_t codePoints(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

TEST(ExamplePeople, AreManyAndAllDifferent) {
  std::set<std::string> emails;
  std::set<std::string> external_ids;
  for (const CandidateIngestRequest& person : people()) {
    emails.insert(person.email);
    external_ids.insert(person.metadata.value().at("external_id"));
  }
  EXPECT_THAT(emails, SizeIs(250));
  EXPECT_THAT(external_ids, SizeIs(250));
}

TEST(ExamplePeople, AreFictional) {
  const std::regex email(R"([a-z0-9.+-]+@([a-z]+\.)?(example\.(com|org|net)|[a-z]+\.test))");
  const std::regex phone(
      R"(\+1\d{3}55501\d\d|\+447700900\d{3}|\+331990\d{5}|\+493023125\d{3}|\+467017406\d\d)");
  for (const CandidateIngestRequest& person : people()) {
    EXPECT_TRUE(std::regex_match(person.email, email)) << person.email;
    if (person.phone_number) {
      EXPECT_TRUE(std::regex_match(*person.phone_number, phone)) << *person.phone_number;
    }
  }
}

TEST(ExamplePeople, GoToTheApisLimitsAndNotBeyond) {
  std::size_t keys = 0;
  std::size_t key_length = 0;
  std::size_t value_length = 0;
  for (const CandidateIngestRequest& person : people()) {
    keys = std::max(keys, person.metadata->size());
    for (const auto& [key, value] : *person.metadata) {
      key_length = std::max(key_length, codePoints(key));
      value_length = std::max(value_length, codePoints(value));
    }
  }
  EXPECT_EQ(keys, 50U);
  EXPECT_EQ(key_length, 40U);
  EXPECT_EQ(value_length, 500U);
}

}  // namespace
