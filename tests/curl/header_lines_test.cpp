#include "curl/header_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace heymilo {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> texts(const curl_slist* line) {
  std::vector<std::string> texts;
  for (; line != nullptr; line = line->next) {
    texts.emplace_back(line->data);
  }
  return texts;
}

TEST(HeaderLines, AreMadeOnceForTheSameFields) {
  HeaderLines lines;
  const Headers headers{{"X-API-KEY", "key"}, {"Accept", "application/json"}};
  const curl_slist* const first = lines.of(headers);
  EXPECT_EQ(lines.of(Headers(headers)), first);
  EXPECT_THAT(texts(first), IsSupersetOf({"X-API-KEY: key", "Accept: application/json"}));
}

TEST(HeaderLines, AreMadeAgainForOthers) {
  HeaderLines lines;
  lines.of({{"X-API-KEY", "key"}});
  EXPECT_THAT(texts(lines.of({{"X-API-KEY", "other"}})), Contains("X-API-KEY: other"));
  const auto longer = texts(lines.of({{"X-API-KEY", "other"}, {"X-Twice", "1"}, {"X-Twice", "2"}}));
  EXPECT_THAT(longer, IsSupersetOf({"X-API-KEY: other", "X-Twice: 1", "X-Twice: 2"}));
  EXPECT_THAT(texts(lines.of({{"X-Twice", "1"}})), Not(Contains("X-Twice: 2")));
}

TEST(HeaderLines, KeepLibcurlFromAddingFieldsOfItsOwn) {
  HeaderLines lines;
  EXPECT_THAT(texts(lines.of({})), IsSupersetOf({"Accept:", "Content-Type:", "Expect:"}));
  EXPECT_THAT(texts(lines.of({{"accept", "a"}})), Not(Contains("Accept:")));
}

TEST(HeaderLines, AcceptEncodingsUnlessTheRequestSays) {
  HeaderLines lines;
  EXPECT_THAT(texts(lines.of({})), Contains(StartsWith("Accept-Encoding: gzip")));
  EXPECT_THAT(texts(lines.of({{"Accept-Encoding", "identity"},
                              {"Accept", ""},
                              {"Expect", ""},
                              {"Content-Type", "a"}})),
              ElementsAre("Accept-Encoding: identity", "Accept;", "Expect;", "Content-Type: a"));
}

}  // namespace
}  // namespace heymilo
