// The page of mirror_report, from figures of all kinds.

#include "report/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "support/well_formed.hpp"

namespace report {
namespace {

using heymilo::CandidateStatus;
using heymilo::Timestamp;
using heymilo::workflows::MirrorFigures;
using heymilo_test::WellFormed;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Timestamp kNow = heymilo::parseTimestamp("2026-11-27T07:10:00Z");

std::string pageOf(const MirrorFigures& figures, bool personal_data = false) {
  PageContent content;
  content.figures = figures;
  content.personal_data = personal_data;
  content.made_at = kNow;
  content.made_by = "mirror_report 1.2.3";
  std::string html = page(content);
  EXPECT_THAT(WellFormed::mistakeIn(html), IsEmpty());
  return html;
}

/// Of 1,200 candidates in a workflow with so many steps.
MirrorFigures figuresOf(int steps) {
  MirrorFigures figures;
  figures.posting_id = "posting-1";
  figures.read_at = kNow - minutes{30};
  figures.complete_until = kNow;
  figures.unfinished = false;
  figures.candidates = 1'200;
  figures.open = 400;
  figures.completed = 600;
  figures.statuses = {{CandidateStatus::pending, 400}, {CandidateStatus::completed, 800}};
  for (int order = 1; order <= steps; ++order) {
    heymilo::workflows::StepFigures step;
    step.order = order;
    step.step_id = "step_" + std::to_string(order);
    step.began = 1'200 - static_cast<std::uint64_t>(order);
    step.completed = 900 - static_cast<std::uint64_t>(order);
    step.knocked_out = 50;
    step.in_it = 250;
    step.time = {900, hours{5}, hours{80}};
    figures.steps.push_back(step);
  }
  figures.to_completion = {600, hours{100}, hours{200}};
  for (int week = 0; week < 20; ++week) {
    figures.periods.push_back({kNow - hours{24 * 7} * (20 - week), 60, 30});
  }
  figures.scores = {600, {0, 0, 0, 0, 0, 100, 200, 200, 100, 0}, 0, 61.25, 70, 79};
  figures.changes = {{CandidateStatus::in_progress, "step_1", 1, 12, kNow},
                     {CandidateStatus::completed, {}, {}, 3, kNow}};
  figures.latest = {{"Ada Lovelace", 93.5, CandidateStatus::completed, {}, {}, kNow - minutes{31}}};
  return figures;
}

TEST(Page, SaysTheMostImportantThings) {
  EXPECT_THAT(pageOf(figuresOf(5)),
              AllOf(HasSubstr("posting-1"),
                    HasSubstr(">27\u00A0Nov\u00A02026, 06:40 UTC</time>"),
                    HasSubstr("30\u00A0min before this page was made"),
                    HasSubstr("1\u202F200"),
                    HasSubstr("step_<wbr/>5"),
                    HasSubstr("895 completed (75%), 50 knocked out, 250 in it now"),
                    HasSubstr("90% within 3.3\u00A0days"),
                    HasSubstr("Median 70; half of them are between 61.3 and 79")));
}

TEST(Page, TellsTheWorkflowsEndFromTheStatus) {
  const std::string html = pageOf(figuresOf(5));
  EXPECT_THAT(html, HasSubstr("<dt>Completed the workflow</dt><dd class=\"big\">600<"));
  EXPECT_THAT(html, Not(HasSubstr("<dt>Completed</dt>")));
  EXPECT_THAT(html, HasSubstr("<h2>By status</h2>"));
  EXPECT_THAT(html, HasSubstr("<span class=\"name\">Completed</span><span>800<"));
}

TEST(Page, NeedsNothingBesideItself) {
  for (const bool personal_data : {false, true}) {
    const std::string html = pageOf(figuresOf(5), personal_data);
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("<link")));
    EXPECT_THAT(html, Not(HasSubstr("<img")));
    EXPECT_THAT(html, Not(HasSubstr("src=")));
    EXPECT_THAT(html, Not(HasSubstr("href=")));
    EXPECT_THAT(html, Not(HasSubstr("url(")));
    EXPECT_THAT(html, Not(HasSubstr("@import")));
    EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  }
}

TEST(Page, EachDrawingHasATitleAndADescription) {
  const std::string html = pageOf(figuresOf(3));
  std::size_t drawings = 0;
  for (std::size_t at = html.find("<svg"); at != std::string::npos;
       at = html.find("<svg", at + 1)) {
    const std::string opening = html.substr(at, html.find('>', at) - at + 1);
    if (opening.find("aria-hidden=\"true\"") != std::string::npos) {
      continue;  // a square of a legend
    }
    ++drawings;
    EXPECT_THAT(opening, AllOf(HasSubstr("role=\"img\""), HasSubstr("aria-label=\"")));
    EXPECT_EQ(html.compare(at + opening.size(), 7, "<title>"), 0) << opening;
    const std::size_t end = html.find("</title>", at);
    EXPECT_EQ(html.compare(end, 14, "</title><desc>"), 0) << opening;
  }
  EXPECT_EQ(drawings, 13u);  // the funnel has 5, the times 3, the changes 2
}

TEST(Page, NamesAreThereOnlyWithPersonalData) {
  EXPECT_THAT(pageOf(figuresOf(3)),
              AllOf(Not(HasSubstr("Lovelace")), Not(HasSubstr("personal data"))));
  EXPECT_THAT(pageOf(figuresOf(3), true),
              AllOf(HasSubstr("<bdi>Ada Lovelace</bdi>"),
                    HasSubstr(">93.5<"),
                    HasSubstr("This page has personal data: names and scores")));
}

TEST(Page, HasOneStepOrTwelveOrThousands) {
  EXPECT_THAT(pageOf(figuresOf(1)), HasSubstr("step_<wbr/>1<"));
  EXPECT_THAT(pageOf(figuresOf(12)), HasSubstr("step_<wbr/>12<"));
  EXPECT_THAT(pageOf(figuresOf(5'000)), HasSubstr("And 4\u202F940 more steps"));
}

TEST(Page, SaysWhatThereIsNothingOf) {
  MirrorFigures figures;
  figures.posting_id = "posting-1";
  EXPECT_THAT(pageOf(figures, true),
              AllOf(HasSubstr("The mirror has read no candidate yet"),
                    HasSubstr("There are no candidates."),
                    HasSubstr("There are no dates yet."),
                    HasSubstr("Nobody has a score yet."),
                    HasSubstr("Nobody has completed a step yet."),
                    HasSubstr("no change of a status or a step")));
  figures.read_at = kNow;
  figures.candidates = 1;
  figures.statuses = {{CandidateStatus::pending, 1}};
  EXPECT_THAT(pageOf(figures), HasSubstr("No candidate has a workflow yet."));
}

TEST(Page, SaysThatTheFiguresAreOldOrIncomplete) {
  MirrorFigures figures = figuresOf(1);
  const std::string usual = pageOf(figures);
  EXPECT_THAT(usual, Not(HasSubstr("class=\"notice\"")));
  figures.read_at = kNow - hours{24 * 3};
  EXPECT_THAT(pageOf(figures), HasSubstr("These figures are old"));
  figures = figuresOf(1);
  figures.unfinished = true;
  EXPECT_THAT(pageOf(figures), HasSubstr("A run of the mirror is under way"));
  figures.complete_until.reset();
  figures.filled = false;
  EXPECT_THAT(pageOf(figures), HasSubstr("first run is not complete: candidates are missing"));
  figures.unfinished.reset();  // the role may not know
  figures.filled.reset();
  EXPECT_THAT(pageOf(figures), Not(HasSubstr("class=\"notice\"")));
}

TEST(Page, WritesTextFromElsewhereAsText) {
  MirrorFigures figures = figuresOf(1);
  const std::string hostile =
      "</style><script>alert(1)</script>\"'&amp;\u0001\u202E\xFF\xEF\xBF\xBF]]>";
  figures.posting_id = hostile;
  figures.steps[0].step_id = hostile;
  figures.statuses = {{CandidateStatus(std::string_view(hostile)), 1'200}};
  figures.changes[0].status = CandidateStatus(std::string_view(hostile));
  figures.changes[0].step_id = hostile;
  figures.latest[0].name = hostile;
  figures.latest[0].step_id = hostile;
  const std::string html = pageOf(figures, true);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("\u202E")));
  EXPECT_THAT(html, Not(HasSubstr("\xFF")));
  EXPECT_THAT(html, Not(HasSubstr("\xEF\xBF\xBF")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;"));
  EXPECT_THAT(html, HasSubstr("&quot;&#39;&amp;amp;"));
}

TEST(Page, CutsLongTexts) {
  MirrorFigures figures = figuresOf(1);
  figures.steps[0].step_id = std::string(100'000, 'x');
  EXPECT_LT(pageOf(figures).size(), 60'000u);
}

}  // namespace
}  // namespace report
