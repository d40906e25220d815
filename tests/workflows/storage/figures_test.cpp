// The figures of a small posting, computed by hand.

#include "workflows/storage/figures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/figures_json.hpp"

namespace heymilo::workflows {
namespace {

using heymilo_test::toJson;
using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Timestamp kMonday = parseTimestamp("2026-03-02");

double unix(Timestamp moment) {
  return static_cast<double>(moment.time_since_epoch().count()) / 1e6;
}

/// A step of the workflow. `end`: of its last change.
json step(int order, const std::string& id, const std::string& status, Timestamp end = {}) {
  json one{{"step_id", id},
           {"order", order},
           {"status", status},
           {"started", status != "not_started"},
           {"completed", status == "completed"},
           {"knocked_out", status == "knocked_out"}};
  if (status != "not_started") {
    one["last_updated_at"] = unix(end);
  }
  return one;
}

CandidateFacts candidate(const std::string& status, Timestamp invited, std::vector<json> steps,
                         bool done = false) {
  CandidateFacts facts;
  facts.status = status;
  facts.created_at = invited;
  facts.workflow = {{"steps", std::move(steps)}, {"all_complete", done}};
  return facts;
}

FiguresBuilder builder(bool personal_data = false, std::size_t most_latest = 25) {
  FiguresOptions options;
  options.personal_data = personal_data;
  options.most_latest = most_latest;
  FiguresBuilder made(options);
  made.figures.read_at = kMonday + hours{24 * 20};
  return made;
}

// Two steps. One completed both, one completed the first and is in the second, one was knocked out
// at the first, and one has not begun.
MirrorFigures ofFour() {
  FiguresBuilder figures = builder();
  CandidateFacts first = candidate("shortlisted",
                                   kMonday,
                                   {step(1, "resume", "completed", kMonday + hours{1}),
                                    step(2, "interview", "completed", kMonday + hours{25})},
                                   true);
  first.score = 80;
  first.shortlisted = true;
  figures.add(first);
  CandidateFacts second = candidate("in_progress",
                                    kMonday + hours{24 * 7},
                                    {step(2, "interview", "in_progress", kMonday + hours{24 * 8}),
                                     step(1, "resume", "completed", kMonday + hours{24 * 7 + 3})});
  second.score = 70;
  figures.add(second);
  CandidateFacts third = candidate("knocked_out",
                                   kMonday + hours{24 * 8},
                                   {step(1, "resume", "knocked_out", kMonday + hours{24 * 9}),
                                    step(2, "interview", "not_started")});
  third.dismissed = true;
  figures.add(third);
  figures.add(candidate("pending",
                        kMonday + hours{24 * 19},
                        {step(1, "resume", "not_started"), step(2, "interview", "not_started")}));
  return figures.finish();
}

TEST(Figures, CountTheCandidates) {
  const MirrorFigures figures = ofFour();
  EXPECT_EQ(figures.candidates, 4u);
  EXPECT_EQ(figures.open, 2u);
  EXPECT_EQ(figures.completed, 1u);
  EXPECT_EQ(figures.shortlisted, 1u);
  EXPECT_EQ(figures.dismissed, 1u);
  EXPECT_EQ(figures.knocked_out, 1u);
  EXPECT_EQ(figures.undated, 0u);
  EXPECT_EQ(toJson(figures)["statuses"],
            json::parse(
                R"([["pending", 1], ["in_progress", 1], ["shortlisted", 1], ["knocked_out", 1]])"));
}

TEST(Figures, CountEachStep) {
  const auto time = [](int count, double median, double ninetieth) {
    constexpr double kHour = 3'600e6;
    return json{count,
                static_cast<std::int64_t>(median * kHour),
                static_cast<std::int64_t>(ninetieth * kHour)};
  };
  // The first step took 1 and 3 hours, the second one 24.
  EXPECT_EQ(toJson(ofFour())["steps"],
            json({{1, "resume", 3, 2, 1, 0, time(2, 2, 2.8)},
                  {2, "interview", 2, 1, 0, 1, time(1, 24, 24)}}));
  EXPECT_EQ(toJson(ofFour())["to_completion"], time(1, 25, 25));
}

TEST(Figures, ScoresAreInBinsOfTen) {
  EXPECT_EQ(toJson(ofFour())["scores"],
            json({2, {0, 0, 0, 0, 0, 0, 0, 1, 1, 0}, 0, 72.5, 75.0, 77.5}));
  FiguresBuilder figures = builder();
  for (const double score : {0.0, 9.99, 10.0, 99.9, 100.0, -1.0, 100.5}) {
    CandidateFacts one = candidate("completed", kMonday, {});
    one.score = score;
    figures.add(one);
  }
  const ScoreFigures scores = figures.finish().scores;
  EXPECT_THAT(scores.bins, ElementsAre(2, 1, 0, 0, 0, 0, 0, 0, 0, 2));
  EXPECT_EQ(scores.outside, 2u);
  EXPECT_EQ(scores.count, 7u);
}

TEST(Figures, PercentilesAreThoseOfSql) {
  EXPECT_EQ(percentile({}, 0.5), 0);
  EXPECT_EQ(percentile({7}, 0.9), 7);
  EXPECT_EQ(percentile({1, 2, 3, 4}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(percentile({1, 2, 3, 4, 5}, 0.9), 4.6);
  EXPECT_EQ(percentile({1, 2}, 1), 2);
}

TEST(Figures, WithoutCandidatesAllIsZero) {
  const MirrorFigures figures = FiguresBuilder(FiguresOptions()).finish();
  EXPECT_EQ(figures.candidates, 0u);
  EXPECT_THAT(figures.statuses, IsEmpty());
  EXPECT_THAT(figures.steps, IsEmpty());
  EXPECT_THAT(figures.periods, IsEmpty());
  EXPECT_EQ(figures.scores.count, 0u);
  EXPECT_EQ(figures.to_completion.count, 0u);
}

TEST(Figures, StepsAtOnePlaceWithOtherIdsAreOthers) {
  FiguresBuilder figures = builder();
  figures.add(candidate("in_progress", kMonday, {step(1, "old", "in_progress", kMonday)}));
  figures.add(candidate("in_progress", kMonday, {step(1, "new", "in_progress", kMonday)}));
  const MirrorFigures all = figures.finish();
  ASSERT_EQ(all.steps.size(), 2u);
  EXPECT_EQ(all.steps[0].step_id, "new");
  EXPECT_EQ(all.steps[1].in_it, 1u);
}

TEST(Figures, TimesThatContradictEachOtherAreLeftOut) {
  FiguresBuilder figures = builder();
  figures.add(candidate(
      "completed", kMonday, {step(1, "resume", "completed", kMonday - seconds{1})}, true));
  const MirrorFigures all = figures.finish();
  EXPECT_EQ(all.steps[0].completed, 1u);
  EXPECT_EQ(all.steps[0].time.count, 0u);
  EXPECT_EQ(all.to_completion.count, 0u);
}

TEST(Figures, TheEndOfAWorkflowIsTheBestThatIsKnown) {
  const auto ends = [](const std::function<void(CandidateFacts&)>& know) {
    FiguresBuilder figures = builder();
    CandidateFacts one;
    one.status = "completed";
    one.created_at = kMonday;
    know(one);
    figures.add(one);
    const MirrorFigures all = figures.finish();
    EXPECT_EQ(all.completed, 1u);
    return all.to_completion;
  };
  EXPECT_EQ(ends([](auto&) {}).count, 0u);
  EXPECT_EQ(ends([](auto& one) { one.seen_completed = kMonday + hours{3}; }).median, hours{3});
  EXPECT_EQ(ends([](auto& one) {
              one.seen_completed = kMonday + hours{3};
              one.interviewed_at = kMonday + hours{2};
            }).median,
            hours{2});
  EXPECT_EQ(
      ends([](auto& one) {
        one.interviewed_at = kMonday + hours{2};
        one.workflow =
            candidate("", kMonday, {step(1, "a", "completed", kMonday + hours{1})}, true).workflow;
      }).median,
      hours{1});
}

TEST(Figures, AWorkflowThatCanNotBeReadCountsAsNone) {
  for (const char* text : {"{", "[]", "{\"steps\":1}", "null", "{\"steps\":[{}]}"}) {
    FiguresBuilder figures = builder();
    CandidateFacts one = candidate("completed", kMonday, {});
    one.workflow = json::parse(text, nullptr, false);
    figures.add(one);
    const MirrorFigures all = figures.finish();
    EXPECT_EQ(all.candidates, 1u) << text;
    EXPECT_EQ(all.completed, 1u) << text;
    EXPECT_THAT(all.steps, IsEmpty()) << text;
  }
}

TEST(Figures, StatusesOfANewerApiComeLast) {
  FiguresBuilder figures = builder();
  for (const char* status : {"zapped", "dismissed", "archived", "pending", "zapped"}) {
    figures.add(candidate(status, kMonday, {}));
  }
  const MirrorFigures all = figures.finish();
  EXPECT_EQ(toJson(all)["statuses"],
            json::parse(R"([["pending", 1], ["dismissed", 1], ["archived", 1], ["zapped", 2]])"));
  EXPECT_EQ(all.open, 4u);  // it is not known to be final
}

TEST(Figures, ChangesAreCountedByWhatTheyLedTo) {
  for (const bool personal_data : {false, true}) {
    FiguresBuilder figures = builder(personal_data, 2);
    figures.add(ChangeFacts{"Ada", 80, "in_progress", "resume", 1, kMonday + hours{2}});
    figures.add(ChangeFacts{"Bob", {}, "in_progress", "resume", 1, kMonday + hours{1}});
    figures.add(ChangeFacts{"Cyd", 70, "completed", {}, {}, kMonday + hours{3}});
    const MirrorFigures all = figures.finish();
    EXPECT_EQ(toJson(all)["changes"],
              json({{"in_progress", "resume", 1, 2}, {"completed", nullptr, nullptr, 1}}));
    EXPECT_EQ(all.changes[0].latest, kMonday + hours{2});
    if (personal_data) {
      EXPECT_EQ(toJson(all)["latest"],
                json({{"Cyd", 70.0, "completed", nullptr, nullptr},
                      {"Ada", 80.0, "in_progress", "resume", 1}}));
    } else {
      EXPECT_THAT(all.latest, IsEmpty());
    }
  }
}

class FiguresPeriods : public ::testing::Test {
 protected:
  /// Begin, invited and completed of each period.
  static MirrorFigures of(const std::vector<std::string>& invited,
                          const std::vector<std::string>& completed, const std::string& read_at) {
    MirrorFigures figures;
    figures.read_at = parseTimestamp(read_at);
    setPeriods(figures, moments(invited), moments(completed));
    return figures;
  }

  static std::vector<std::string> texts(const MirrorFigures& figures) {
    std::vector<std::string> all;
    for (const PeriodFigures& one : figures.periods) {
      all.push_back(formatTimestamp(one.begin).substr(0, 10) + ' ' + std::to_string(one.invited) +
                    ' ' + std::to_string(one.completed));
    }
    return all;
  }

 private:
  static std::vector<Timestamp> moments(const std::vector<std::string>& texts) {
    std::vector<Timestamp> all;
    all.reserve(texts.size());
    for (const std::string& text : texts) {
      all.push_back(parseTimestamp(text));
    }
    return all;
  }
};

TEST_F(FiguresPeriods, AreDaysForAFewWeeks) {
  const MirrorFigures figures =
      of({"2026-02-27T23:59:59.999999Z", "2026-02-28", "2026-03-01T12:00:00Z"},
         {"2026-03-01T00:00:00Z"},
         "2026-03-02T08:00:00Z");
  EXPECT_EQ(figures.period, FiguresPeriod::day);
  EXPECT_THAT(texts(figures),
              ElementsAre("2026-02-27 1 0", "2026-02-28 1 0", "2026-03-01 1 1", "2026-03-02 0 0"));
}

TEST_F(FiguresPeriods, AreWeeksFromMondayForMonths) {
  const MirrorFigures figures =
      of({"2026-01-01", "2026-01-05"}, {"2026-01-04T23:59:59Z"}, "2026-02-18");
  EXPECT_EQ(figures.period, FiguresPeriod::week);
  EXPECT_THAT(texts(figures),
              ElementsAre("2025-12-29 1 1",
                          "2026-01-05 1 0",
                          "2026-01-12 0 0",
                          "2026-01-19 0 0",
                          "2026-01-26 0 0",
                          "2026-02-02 0 0",
                          "2026-02-09 0 0",
                          "2026-02-16 0 0"));
}

TEST_F(FiguresPeriods, AreMonthsForYears) {
  const MirrorFigures figures =
      of({"2024-01-31T23:00:00Z", "2024-02-29"}, {"2025-12-31"}, "2026-01-01");
  EXPECT_EQ(figures.period, FiguresPeriod::month);
  ASSERT_EQ(figures.periods.size(), 25u);
  EXPECT_EQ(texts(figures)[0], "2024-01-01 1 0");
  EXPECT_EQ(texts(figures)[1], "2024-02-01 1 0");
  EXPECT_EQ(texts(figures)[23], "2025-12-01 0 1");
  EXPECT_EQ(texts(figures)[24], "2026-01-01 0 0");
}

TEST_F(FiguresPeriods, LeaveOutWhatIsFarAway) {
  const MirrorFigures figures =
      of({"1970-01-01", "2026-01-01", "9999-12-31"}, {"0001-01-01"}, "2026-01-02");
  EXPECT_EQ(figures.outside, 3u);
  EXPECT_EQ(figures.period, FiguresPeriod::month);
  EXPECT_EQ(figures.periods.size(), 61u);  // five years, and the rest of a month
  EXPECT_EQ(texts(figures).back(), "2026-01-01 1 0");
}

TEST_F(FiguresPeriods, EndWithTheLastEventWhereTheClocksDiffer) {
  EXPECT_THAT(texts(of({"2026-01-01", "2026-01-03"}, {}, "2026-01-01")),
              ElementsAre("2026-01-01 1 0", "2026-01-02 0 0", "2026-01-03 1 0"));
  const MirrorFigures ahead = of({"2028-01-01"}, {}, "2026-01-01");
  EXPECT_THAT(ahead.periods, IsEmpty());
  EXPECT_EQ(ahead.outside, 1u);
}

}  // namespace
}  // namespace heymilo::workflows
