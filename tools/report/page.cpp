#include "report/page.hpp"

#include <chrono>
#include <cstdint>

#include "report/markup.hpp"
#include "report/sections.hpp"
#include "report/style.hpp"

namespace report {

using heymilo::workflows::MirrorFigures;

namespace {

constexpr std::chrono::hours kOld{24};

std::string paragraph(const std::string& kind, const std::string& content) {
  return element("p", " class=\"" + kind + '"', content);
}

std::string tile(const std::string& name, const std::string& value, const std::string& below) {
  return element("div",
                 " class=\"tile\"",
                 element("dt", "", name) + element("dd", " class=\"big\"", value) +
                     element("dd", " class=\"sub\"", below)) +
         '\n';
}

std::string tiles(const MirrorFigures& figures) {
  const std::uint64_t all = figures.candidates;
  const bool any = figures.to_completion.count != 0;
  const auto share = [&](std::uint64_t part) {
    return all == 0 ? std::string("nobody yet") : percent(part, all) + " of all";
  };
  return element(
      "dl",
      " class=\"tiles\"",
      '\n' + tile("Candidates", number(all), "invited so far") +
          tile("Open", number(figures.open), share(figures.open)) +
          tile("Completed the workflow", number(figures.completed), share(figures.completed)) +
          tile("Shortlisted by a recruiter",
               number(figures.shortlisted),
               number(figures.dismissed) + " dismissed by one") +
          tile("Knocked out", number(figures.knocked_out), share(figures.knocked_out)) +
          tile("Median to complete it",
               any ? durationOf(figures.to_completion.median) : "\u2013",
               any ? "90% in " + durationOf(figures.to_completion.ninetieth) : "nobody yet"));
}

std::string state(const PageContent& content) {
  const MirrorFigures& figures = content.figures;
  std::string text;
  if (!figures.read_at) {
    text = paragraph(
        "soft", "The mirror has read no candidate yet. Page made " + timeOf(content.made_at) + '.');
  } else {
    const auto age = content.made_at - *figures.read_at;
    text = paragraph("soft",
                     "As of " + timeOf(*figures.read_at) + ", when the mirror was last updated" +
                         (age < std::chrono::minutes{2}
                              ? std::string(".")
                              : ": " + durationOf(age) + " before this page was made."));
    if (age > kOld) {
      text += paragraph("notice",
                        "These figures are old: the mirror was last updated " + durationOf(age) +
                            " before this page was made.");
    }
  }
  if (!figures.filled.value_or(true)) {
    text += paragraph("notice", "The mirror's first run is not complete: candidates are missing.");
  } else if (figures.unfinished.value_or(false)) {
    text += paragraph("soft",
                      "A run of the mirror is under way, or was interrupted: some of the figures "
                      "may be older.");
  }
  if (content.personal_data) {
    text += paragraph("notice",
                      "This page has personal data: names and scores. Keep it where only those can "
                      "read it who may, and delete it when it is no longer needed.");
  }
  return text;
}

std::string term(const std::string& name, const std::string& meaning) {
  return element("dt", "", name) + element("dd", "", meaning);
}

std::string footer(const PageContent& content) {
  const MirrorFigures& figures = content.figures;
  std::string left = number(figures.gone) + " no longer listed and not counted";
  if (figures.erased) {
    left += ", " + number(*figures.erased) + " erased";
  }
  return element(
      "footer",
      "",
      element(
          "details",
          "",
          element("summary", "", "How the figures are counted") +
              element(
                  "dl",
                  "",
                  term("Open", "In no final state: not started, in progress or being evaluated.") +
                      term("Completed the workflow",
                           "All steps of the workflow are done, whatever was decided then. The "
                           "status \u201CCompleted\u201D is another figure: a candidate who is "
                           "shortlisted later, for example, has another status.") +
                      term("Shortlisted by a recruiter",
                           "Marked so, or with the status \u201CShortlisted\u201D: a candidate "
                           "who is marked may have another status. Dismissed likewise.") +
                      term("Knocked out",
                           "At the top and by status: the candidates with this status. In the "
                           "funnel: who was disqualified at that step.") +
                      term("Time",
                           "Of a step: from the end of the step before it, or from the invitation, "
                           "to its own end. Half took less than the median. All times are UTC.") +
                      term("Changes",
                           "What a run of the mirror found changed. A change that began and ended "
                           "between two runs is not seen.") +
                      term("Gone",
                           "Who is no longer in the posting's list is not in the figures."))) +
          element("p",
                  "",
                  left + ". Made " + timeOf(content.made_at) + " by " + escaped(content.made_by) +
                      '.'));
}

}  // namespace

std::string page(const PageContent& content) {
  const MirrorFigures& figures = content.figures;
  const std::string posting = escaped(figures.posting_id);
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n";
  html +=
      "<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
      "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
      "<meta name=\"robots\" content=\"noindex\"/>\n";
  html += element("title", "", "Candidates of " + posting) + '\n';
  html += element("style", "", kStyle) + "\n</head>\n<body>\n<main>\n";
  html +=
      element(
          "header", "", element("h1", "", "<small>Posting</small>" + posting) + state(content)) +
      '\n' + tiles(figures) + '\n';
  html += element("div",
                  " class=\"cards\"",
                  '\n' + funnel(figures) + overTime(figures) + statuses(figures) + scores(figures) +
                      timeInSteps(figures) + recentChanges(figures) +
                      (content.personal_data ? latestChanges(figures) : std::string()));
  return html + '\n' + footer(content) + "\n</main>\n</body>\n</html>\n";
}

}  // namespace report
