#include <chrono>
#include <iterator>
#include <string>
#include <vector>

#include "recipe.hpp"

namespace {

using heymilo::testing::RecordedRequest;
using heymilo::testing::ScriptedResponse;
using PaginationRecipe = Recipe;

// [walk]
/// The number of shortlisted candidates. At most two pages are in memory.
std::size_t countShortlisted(const heymilo::Client& client) {
  std::size_t count = 0;
  for (const auto& candidate : client.listAllCandidates("posting-id")) {
    if (candidate.status == heymilo::CandidateStatus::shortlisted) {
      ++count;
    }
  }
  return count;
}
// [/walk]

// [pages]
/// The sizes of all pages, of up to 50 each.
std::vector<std::size_t> pageSizes(const heymilo::Client& client) {
  heymilo::ListCandidatesParams params;
  params.limit = 50;
  std::vector<std::size_t> sizes;
  auto candidates = client.listAllCandidates("posting-id", params);
  for (const auto& page : candidates.pages()) {
    sizes.push_back(page.data.size());
  }
  return sizes;
}
// [/pages]

// [since]
/// How many were invited within the last day.
std::size_t countOfToday(const heymilo::Client& client) {
  heymilo::ListCandidatesParams params;
  params.created_after = std::chrono::system_clock::now() - std::chrono::hours{24};
  auto candidates = client.listAllCandidates("posting-id", params);
  return static_cast<std::size_t>(std::distance(candidates.begin(), candidates.end()));
}
// [/since]

// [resume]
/// Passes all candidates after `cursor` to `use`. True at the end of the list; otherwise `cursor`
/// is where to resume, now or in another process.
template <class Use>
bool readOn(const heymilo::Client& client, std::optional<std::string>& cursor, Use use) {
  heymilo::ListCandidatesParams params;
  params.starting_after = cursor;
  auto candidates = client.listAllCandidates("posting-id", params);
  try {
    for (const auto& candidate : candidates) {
      use(candidate);
      cursor = candidates.cursor();  // after this one
    }
    return true;
  } catch (const heymilo::TransportError&) {
    return false;
  }
}
// [/resume]

// [in parallel]
/// The names of all candidates, in no order: four parallel requests read a large posting.
std::vector<std::string> namesOfAll(const heymilo::Client& client) {
  std::vector<std::string> names;
  for (auto& candidate : client.listAllCandidatesInParallel("posting-id", 4)) {
    names.push_back(std::move(candidate.name));  // a candidate may be moved from
  }
  return names;
}
// [/in parallel]

// [unreadable]
/// The names of all readable candidates; `unreadable`: the interview_ids of the others.
std::vector<std::string> readableNames(const heymilo::Client& client,
                                       std::vector<std::string>& unreadable) {
  std::vector<std::string> names;
  auto candidates = client.listAllCandidates("posting-id");
  candidates.onUnreadable([&](const heymilo::UnreadableCandidate& candidate) {
    unreadable.push_back(candidate.interview_id.value_or("after " + candidate.after.value_or("?")));
  });
  for (auto& candidate : candidates) {
    names.push_back(std::move(candidate.name));
  }
  return names;
}
// [/unreadable]

TEST_F(PaginationRecipe, Walks) {
  server.addPosting("posting-id", 230);
  server.addCandidate("posting-id", {{"name", "Ada Example"}, {"status", "shortlisted"}});
  const heymilo::Client client(options);
  std::size_t expected = 0;
  for (const auto& candidate : server.candidates("posting-id")) {
    expected += candidate["status"] == "shortlisted" ? 1u : 0u;
  }
  EXPECT_EQ(countShortlisted(client), expected);
  EXPECT_EQ(server.requestCount(), 3u);
  EXPECT_EQ(pageSizes(client), (std::vector<std::size_t>{50, 50, 50, 50, 31}));
  EXPECT_EQ(namesOfAll(client).size(), 231u);
}

TEST_F(PaginationRecipe, ListsThoseInvitedSince) {
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (const int hours : {1, 23, 25}) {
    server.addCandidate("posting-id",
                        {{"name", "Ada Example"}, {"created_at", now - hours * 3600}});
  }
  EXPECT_EQ(countOfToday(heymilo::Client(options)), 2u);
}

TEST_F(PaginationRecipe, ContinuesAfterWhoCanNotBeRead) {
  server.addPosting("posting-id", 2);
  std::string data;
  for (const auto& candidate : server.candidates("posting-id")) {
    data += (data.empty() ? "" : ",") + candidate.dump();
  }
  data.insert(data.size() - 1, R"(,"x":NaN)");
  server.respondNext("listCandidates",
                     ScriptedResponse::answer(
                         200, R"({"data":[)" + data + R"(],"pagination":{"has_more":false}})"));
  std::vector<std::string> unreadable;
  EXPECT_EQ(readableNames(heymilo::Client(options), unreadable).size(), 1u);
  EXPECT_EQ(unreadable,
            std::vector<std::string>{server.candidates("posting-id")[1]["interview_id"]});
}

TEST_F(PaginationRecipe, GoesOnAfterAnError) {
  server.addPosting("posting-id", 230);
  options.retry.max_retries = 0;
  server.respondNext({"listCandidates",
                      [](const RecordedRequest& request) {
                        return request.query.find("starting_after") != std::string::npos;
                      }},
                     ScriptedResponse::disconnect());
  std::vector<std::string> ids;
  const auto remember = [&](const heymilo::CandidateResponse& candidate) {
    ids.push_back(candidate.interview_id);
  };
  std::optional<std::string> cursor;
  EXPECT_FALSE(readOn(heymilo::Client(options), cursor, remember));
  EXPECT_EQ(ids.size(), 100u);
  EXPECT_TRUE(readOn(heymilo::Client(options), cursor, remember));
  ASSERT_EQ(ids.size(), 230u);
  const auto candidates = server.candidates("posting-id");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(ids[i], candidates[i].at("interview_id").get<std::string>());
  }
}

}  // namespace
