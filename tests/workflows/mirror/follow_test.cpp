// Following: what is read how often, and what is in the mirror then.

#include "heymilo/workflows/follow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#include "support/fake_quota.hpp"
#include "support/mirror_fakes.hpp"
#include "workflows/mirror/follow_fixture.hpp"

namespace heymilo_test {
namespace {

using heymilo::InvalidArgumentError;
using heymilo::workflows::FollowOptions;
using heymilo::workflows::FollowResult;
using heymilo::workflows::FollowStatus;
using heymilo::workflows::FollowTask;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Follow : public FollowTest {
 protected:
  /// Acts when so much time has passed.
  void at(milliseconds time, std::function<void()> action) {
    const auto moment = clock->now() + time;
    on_status =
        [this, moment, action, next = on_status, done = false](const FollowStatus& status) mutable {
          if (next) {
            next(status);
          }
          if (!done && clock->now() >= moment) {
            done = true;
            action();
          }
        };
  }

  /// How long it took until the mirror was as the API, in which `change` changes something after a
  /// day; at most `most`.
  double hoursUntilInStep(const std::function<void()>& change, hours most) {
    const auto sink = files.open("p");
    const auto begin = clock->now() + kDay;
    double took = -1;
    bool changed = false;
    std::uint64_t pass = 0;
    on_status = [&](const FollowStatus& status) {
      if (!changed && clock->now() >= begin) {
        changed = true;
        change();
      } else if (changed && took < 0 && status.total.requests != pass) {
        pass = status.total.requests;
        if (isInStep()) {
          took = std::chrono::duration<double, std::ratio<3600>>(clock->now() - begin).count();
        }
      }
    };
    follow(*sink, kDay + most);
    on_status = nullptr;
    EXPECT_GE(took, 0) << "it never was";
    return took;
  }

  bool isInStep() {
    const nlohmann::json rows = files.candidates("p");
    const nlohmann::json all = server.candidates("p");
    std::size_t there = 0;
    for (const auto& row : rows) {
      there += row["gone_at"].is_null() ? 1U : 0U;
    }
    if (there != all.size()) {
      return false;
    }
    for (const auto& one : all) {
      const std::string id = one["interview_id"];
      if (!rows.contains(id) || rows[id]["document"].get<heymilo::CandidateResponse>() !=
                                    one.get<heymilo::CandidateResponse>()) {
        return false;
      }
    }
    return true;
  }
};

TEST_F(Follow, ReadsEverythingFirstAndSaysSo) {
  for (int i = 0; i < 250; ++i) {
    add(hours{i});
  }
  const FollowResult result = follow(seconds{1});
  EXPECT_EQ(result.seen, 250u);
  EXPECT_EQ(result.added, 250u);
  EXPECT_EQ(result.requests, 3u);
  EXPECT_EQ(result.requests, server.requestCount());
  expectInStep();
  EXPECT_THAT(states(), ElementsAre("catching_up", "in_step"));
  EXPECT_FALSE(statuses.front().lag);
  for (const FollowStatus& status : statuses) {  // those of a pass under way, too
    EXPECT_EQ(status.requests_last_hour, status.total.requests);
  }
  const FollowStatus& last = statuses.back();
  EXPECT_EQ(last.task, FollowTask::everything);
  EXPECT_EQ(last.last.added, 250u);
  EXPECT_EQ(last.requests_last_hour, 3u);
}

TEST_F(Follow, TellsItsLag) {
  add(kDay);
  follow(hours{2});
  milliseconds longest{0};
  for (const FollowStatus& status : statuses) {
    if (status.lag) {
      longest = std::max(longest, *status.lag);
      EXPECT_LE(status.next, minutes{5} + seconds{30});
    }
  }
  EXPECT_GE(longest, minutes{4});
  EXPECT_LE(longest, minutes{6});
  EXPECT_LE(statuses.size(), 2 * 480 + 300u);  // every 7.5 s, and with each pass
}

TEST_F(Follow, FindsNewOnesWithinMinutes) {
  for (int i = 0; i < 300; ++i) {
    add(kDay * 3 + minutes{i});
  }
  EXPECT_LE(hoursUntilInStep([this] { add(seconds{0}); }, hours{2}), 0.1);
}

// The more often, the more there is.
TEST_F(Follow, FindsOneNewOneAfterTheOtherWithinSeconds) {
  add(kDay);
  const auto sink = files.open("p");
  const auto begin = clock->now();
  std::uint64_t added = 1;
  milliseconds longest{0};
  on_status = [&](const FollowStatus& status) {
    if (status.total.added == added && clock->now() > begin + hours{1}) {
      add(seconds{0});
      ++added;
    }
    if (added > 30) {
      longest = std::max(longest, status.next);
    }
  };
  follow(*sink, hours{2});
  EXPECT_GT(added, 200u);
  EXPECT_LE(longest, seconds{12});
}

TEST_F(Follow, ReadsOpenOnesByTheirAge) {
  for (int i = 0; i < 150; ++i) {
    add(kDay * 60 - hours{3 * i});
  }
  const std::string young = add(hours{1}, "pending"), older = add(kDay * 4, "pending"),
                    old = add(kDay * 20, "pending"), oldest = add(kDay * 59, "pending");
  const auto complete = [this](const std::string& id) {
    return [this, id] { server.patchCandidate(id, {{"status", "completed"}}); };
  };
  EXPECT_LE(hoursUntilInStep(complete(older), hours{3}), 1.2);
  EXPECT_LE(hoursUntilInStep(complete(old), hours{8}), 6.7);
  EXPECT_LE(hoursUntilInStep(complete(oldest), hours{28}), 26.5);
  const std::string another = add(seconds{0}, "pending");
  static_cast<void>(young);
  EXPECT_LE(hoursUntilInStep(complete(another), hours{3}), 1.2);
}

TEST_F(Follow, ReadsOpenOnesPageByPage) {
  std::vector<std::string> all;
  for (int i = 0; i < 450; ++i) {
    all.push_back(add(kDay * 2 + minutes{15 * i}, "pending"));
  }
  EXPECT_LE(hoursUntilInStep(
                [&] {
                  for (std::size_t i = 0; i < all.size(); i += 50) {
                    server.patchCandidate(all[i], {{"status", "evaluating"}});
                  }
                },
                hours{3}),
            1.3);
}

TEST_F(Follow, FindsDeletionsWithinAnHourOrSo) {
  std::vector<std::string> all;
  for (int i = 0; i < 2'500; ++i) {
    all.push_back(add(kDay * 200 - minutes{90 * i}));
  }
  EXPECT_LE(hoursUntilInStep([&] { server.removeCandidate(all[700]); }, hours{3}), 1.2);
  const auto rows = files.candidates("p");
  EXPECT_FALSE(rows[all[700]]["gone_at"].is_null());
}

TEST_F(Follow, ErasesWhoIsDue) {
  std::vector<std::string> all;
  for (int i = 0; i < 250; ++i) {
    all.push_back(add(kDay * 20 + hours{i}));
  }
  options.erase_after = hours{0};
  at(hours{3}, [&] { server.removeCandidate(all[100]); });
  EXPECT_EQ(follow(hours{6}).erased, 1u);
  EXPECT_FALSE(files.candidates("p").contains(all[100]));
  EXPECT_EQ(files.tombstones("p").size(), 1u);
}

// In a part of the list that is not read where its number has not changed.
TEST_F(Follow, ErasesWhoIsDueAmongManyWhoAreNew) {
  std::vector<std::string> all;
  for (int i = 0; i < 300; ++i) {
    all.push_back(add(kDay * 3 + seconds{i}));
  }
  at(hours{1}, [&] { server.removeCandidate(all[100]); });
  at(hours{3}, [&] { files.age(kDay * 8); });
  EXPECT_EQ(follow(hours{5}).erased, 1u);
  EXPECT_FALSE(files.candidates("p").contains(all[100]));
}

TEST_F(Follow, ReadsEverythingAgain) {
  const std::string one = add(kDay * 40);
  add(kDay * 30);
  options.full_after = hours{24 * 7};
  const auto sink = files.open("p");
  at(hours{1}, [&] { server.patchCandidate(one, {{"status", "shortlisted"}}); });
  follow(*sink, hours{24 * 7 - 2});
  EXPECT_EQ(files.candidates("p")[one]["status"], "completed");
  follow(*sink, hours{6});  // the machine's clock stood still: by its own one
  EXPECT_EQ(files.candidates("p")[one]["status"], "completed");
  on_status = nullptr;
  follow(*sink, hours{24 * 7 + 1});
  EXPECT_EQ(files.candidates("p")[one]["status"], "shortlisted");
}

// 5,000 who were imported within five minutes, in final states.
TEST_F(Follow, AnIdlePostingCostsLittle) {
  for (int i = 0; i < 5'000; ++i) {
    add(kDay * 3 + seconds{i / 17});
  }
  const auto sink = files.open("p");
  EXPECT_LE(follow(*sink, seconds{1}).requests, 51u);
  const std::uint64_t first_hour = follow(*sink, hours{1}).requests;
  const std::uint64_t day = follow(*sink, kDay).requests;
  std::cout << first_hour << " requests in the first hour, " << day << " in a day\n";
  EXPECT_LE(first_hour, 34u);
  EXPECT_LE(day, 24 * 18u + 10);
}

// The same, imported an hour ago: a page after the other is read once an hour.
TEST_F(Follow, APostingThatWasJustImportedCostsLittle) {
  for (int i = 0; i < 5'000; ++i) {
    add(hours{1} + seconds{i / 20});
  }
  const auto sink = files.open("p");
  follow(*sink, hours{1});
  const std::uint64_t hour = follow(*sink, hours{1}).requests;
  EXPECT_LE(hour, 80u);
  EXPECT_GE(hour, 60u);
  std::cout << hour << " requests in an hour\n";
}

TEST_F(Follow, KeepsToItsShareOfTheQuota) {
  for (int i = 0; i < 3'000; ++i) {
    add(minutes{i % 1'400}, "pending");
  }
  options.requests_per_minute = 3;
  const auto sink = files.open("p");
  follow(*sink, minutes{10});
  const std::uint64_t requests = follow(*sink, hours{3}).requests;
  EXPECT_LE(requests, 3 * 180 + 20u);
  EXPECT_GE(requests, 3 * 120u);
}

TEST_F(Follow, ARestartDoesNotReadEverything) {
  for (int i = 0; i < 3'000; ++i) {
    add(kDay * 2 + minutes{i}, i % 10 == 0 ? "pending" : "completed");
  }
  follow(minutes{1});
  std::uint64_t requests = 0;
  for (int i = 0; i < 5; ++i) {
    requests += follow(seconds{20}).requests;
  }
  EXPECT_LE(requests, 20u);
  EXPECT_GE(requests, 5u);
}

TEST_F(Follow, ASinkWithoutWindowsIsKeptInStep) {
  heymilo::test::MemorySink sink;
  const std::string one = add(kDay, "pending");
  add(hours{1});
  at(hours{1}, [&] {
    server.patchCandidate(one, {{"status", "completed"}});
    add(seconds{0});
  });
  follow(sink, hours{2});
  ASSERT_EQ(sink.rows.size(), 3u);
  EXPECT_EQ(sink.rows[one].candidate.status, heymilo::CandidateStatus::completed);
}

TEST_F(Follow, AnEmptyPostingIsFollowed) {
  const auto sink = files.open("p");
  at(hours{1}, [this] { add(seconds{0}); });
  const FollowResult result = follow(*sink, hours{2});
  EXPECT_EQ(result.added, 1u);
  EXPECT_LE(result.requests, 60u);
}

TEST_F(Follow, RequestsAreBulk) {
  add(kDay);
  auto client_options = server.clientOptions();
  const auto quota = std::make_shared<FakeQuota>();
  client_options.quota = quota;
  client_options.rate_limit = heymilo::RateLimit{300, seconds{60}};
  const heymilo::CancellationSource source;
  options.stop = source.token();
  options.on_status = [&](const FollowStatus& status) {
    if (status.total.requests > 3) {
      source.cancel();
    }
  };
  const auto sink = files.open("p");
  followCandidates(heymilo::Client(client_options), "p", *sink, options);
  EXPECT_GE(quota->record().asked.size(), 4u);
  for (const heymilo::SlotRequest& request : quota->record().asked) {
    EXPECT_EQ(request.priority, heymilo::Priority::bulk);
  }
}

TEST_F(Follow, OptionsThatCanNotBeUsedAreRefused) {
  const auto refused = [this](const std::function<void(FollowOptions&)>& spoil) {
    FollowOptions spoiled;
    spoil(spoiled);
    const auto sink = files.open("p");
    try {
      followCandidates(heymilo::Client(server.clientOptions()), "p", *sink, spoiled);
    } catch (const InvalidArgumentError& error) {
      return error.param();
    }
    return std::string("none");
  };
  EXPECT_EQ(refused([](FollowOptions& of) { of.overlap = milliseconds{-1}; }), "overlap");
  EXPECT_EQ(refused([](FollowOptions& of) { of.concurrency = 0; }), "concurrency");
  EXPECT_EQ(refused([](FollowOptions& of) { of.overlap = (milliseconds::max)(); }), "overlap");
  EXPECT_EQ(refused([](FollowOptions& of) { of.erase_after = hours{-1}; }), "erase_after");
  EXPECT_EQ(refused([](FollowOptions& of) { of.erase_after = (hours::max)(); }), "erase_after");
  EXPECT_EQ(refused([](FollowOptions& of) { of.full_after = hours{-1}; }), "full_after");
  EXPECT_EQ(refused([](FollowOptions& of) { of.shortest_interval = milliseconds{0}; }),
            "shortest_interval");
  EXPECT_EQ(refused([](FollowOptions& of) { of.longest_interval = seconds{1}; }),
            "longest_interval");
  EXPECT_EQ(refused([](FollowOptions& of) { of.requests_per_minute = 0; }), "requests_per_minute");
  EXPECT_EQ(refused([](FollowOptions& of) { of.silence = seconds{0}; }), "silence");
  EXPECT_EQ(server.requestCount(), 0u);
}

}  // namespace
}  // namespace heymilo_test
