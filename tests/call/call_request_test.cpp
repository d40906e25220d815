#include "call/call_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/errors.hpp"

namespace heymilo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> idsOf(const CallRequest& request) {
  std::vector<std::string> ids;
  request.forEachId([&ids](std::string_view id) { ids.emplace_back(id); });
  return ids;
}

TEST(CallRequest, FillsAnyNumberOfParameters) {
  CallRequest none;
  appendRoute(none, "/api/v2/things", {});
  EXPECT_EQ(none.http.url, "/api/v2/things");
  EXPECT_THAT(idsOf(none), IsEmpty());
  CallRequest three;
  three.http.url = "https://api.example";
  appendRoute(three, "/a/{a_id}/b/{b_id}-{c}/d", {"1/2", "é", "..."});
  EXPECT_EQ(three.http.url, "https://api.example/a/1%2F2/b/%C3%A9-.../d");
  EXPECT_THAT(idsOf(three), ElementsAre("1/2", "é", "..."));
}

TEST(CallRequest, KnowsWhichPartOfTheQueryIsAnId) {
  CallRequest request;
  request.addQuery("limit", "5");
  request.addIdQuery("starting_after", "int 7");
  EXPECT_EQ(request.http.url, "?limit=5&starting_after=int%207");
  EXPECT_THAT(idsOf(request), ElementsAre("int 7"));
}

TEST(CallRequest, RefusesWhatCannotBeASegmentByItsName) {
  for (const char* value : {"", ".", "..", "\xff"}) {
    CallRequest request;
    try {
      appendRoute(request, "/a/{a_id}/b/{b_id}", {"1", value});
      FAIL() << value;
    } catch (const InvalidArgumentError& error) {
      EXPECT_EQ(error.param(), "b_id");
      EXPECT_EQ(error.outcome(), Outcome::not_sent);
    }
  }
}

TEST(CallRequest, EachParameterHasItsValue) {
  CallRequest request;
  EXPECT_THROW(appendRoute(request, "/a/{a_id}/b/{b_id}", {"1"}), std::logic_error);
  EXPECT_THROW(appendRoute(request, "/a/{a_id}", {"1", "2"}), std::logic_error);
}

}  // namespace
}  // namespace heymilo
