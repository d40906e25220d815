#include "report/sections.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "report/charts.hpp"
#include "report/markup.hpp"
#include "report/words.hpp"

namespace report {

using heymilo::workflows::ChangedCandidate;
using heymilo::workflows::ChangeFigures;
using heymilo::workflows::MirrorFigures;
using heymilo::workflows::StatusFigures;
using heymilo::workflows::StepFigures;

namespace {

constexpr std::size_t kMostRows = 60;  // of a hostile workflow

double shareOf(std::uint64_t part, std::uint64_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

/// A row of a list of bars: `name` on the left, `count` on the right, the bar, and `more` below it.
std::string row(const std::string& name, const std::string& count, const std::string& drawing,
                const std::string& more) {
  return element("li",
                 "",
                 element("span", " class=\"name\"", name) +
                     element("span", " class=\"count\"", count) + drawing +
                     (more.empty() ? "" : element("span", " class=\"more\"", more))) +
         '\n';
}

std::string rows(const std::string& items, const std::string& more = {}) {
  return element("ul", " class=\"rows" + more + '"', items);
}

std::string leftOut(std::size_t all) {
  return all <= kMostRows
             ? std::string()
             : empty("And " + counted(all - kMostRows, "more step") + ", which are left out.");
}

/// In words without markup, for a title.
std::string plainStep(const StepFigures& step) {
  return "Step " + std::to_string(step.order) + ", " + escaped(step.step_id);
}

std::string outcomes(const StepFigures& step) {
  std::string text = number(step.completed) + " completed";
  if (step.began != 0) {
    text += " (" + percent(step.completed, step.began) + ")";
  }
  if (step.knocked_out != 0) {
    text += ", " + number(step.knocked_out) + " knocked out";
  }
  if (step.in_it != 0) {
    text += ", " + number(step.in_it) + " in it now";
  }
  return text;
}

}  // namespace

std::string section(const std::string& heading, const std::string& lead, const std::string& content,
                    const std::string& more) {
  return element("section",
                 " class=\"card" + (more.empty() ? "" : ' ' + more) + '"',
                 '\n' + element("h2", "", heading) +
                     (lead.empty() ? "" : element("p", " class=\"lead\"", lead)) + content + '\n') +
         '\n';
}

std::string empty(const std::string& why) { return element("p", " class=\"empty\"", why); }

std::string funnel(const MirrorFigures& figures) {
  const std::string heading = "Funnel";
  if (figures.candidates == 0) {
    return section(heading, "", empty("There are no candidates."), "full");
  }
  if (figures.steps.empty()) {
    return section(heading, "", empty("No candidate has a workflow yet."), "full");
  }
  const std::uint64_t all = figures.candidates;
  std::string items =
      row("Invited", number(all), bar("Invited", counted(all, "candidate"), {{"wait", 1}}), "");
  std::vector<std::vector<std::string>> cells;
  for (std::size_t at = 0; at < std::min(figures.steps.size(), kMostRows); ++at) {
    const StepFigures& step = figures.steps[at];
    items += row(stepName(step.order, step.step_id),
                 number(step.began) + " \u00B7 " + percent(step.began, all),
                 bar(plainStep(step),
                     number(step.began) + " began, " + outcomes(step),
                     {{"done", shareOf(step.completed, all)},
                      {"main", shareOf(step.in_it, all)},
                      {"out", shareOf(step.knocked_out, all)}}),
                 outcomes(step));
    cells.push_back({stepName(step.order, step.step_id),
                     number(step.began),
                     number(step.completed),
                     number(step.in_it),
                     number(step.knocked_out),
                     percent(step.began, all)});
  }
  items += row("Completed the workflow",
               number(figures.completed) + " \u00B7 " + percent(figures.completed, all),
               bar("Completed the workflow",
                   number(figures.completed) + " of " + counted(all, "candidate"),
                   {{"done", shareOf(figures.completed, all)}}),
               "");
  return section(
      heading,
      "How many began each step, and what became of them. A full bar is everybody who was "
      "invited.",
      legend({{"done", "completed"}, {"main", "in it now"}, {"out", "knocked out"}}) +
          withTable(rows(items, " wide-rows"),
                    {"Step", "Began", "Completed", "In it now", "Knocked out", "Began, of invited"},
                    cells) +
          leftOut(figures.steps.size()),
      "full");
}

std::string timeInSteps(const MirrorFigures& figures) {
  std::chrono::microseconds longest{1};
  bool any = false;
  for (const StepFigures& step : figures.steps) {
    longest = std::max(longest, step.time.ninetieth);
    any = any || step.time.count != 0;
  }
  const std::string heading = "Time in step";
  if (!any) {
    return section(heading, "", empty("Nobody has completed a step yet."));
  }
  const auto part = [&](std::chrono::microseconds time) {
    return static_cast<double>(time.count()) / static_cast<double>(longest.count());
  };
  std::string items;
  std::vector<std::vector<std::string>> cells;
  for (std::size_t at = 0; at < std::min(figures.steps.size(), kMostRows); ++at) {
    const StepFigures& step = figures.steps[at];
    if (step.time.count == 0) {
      items += row(stepName(step.order, step.step_id), "\u2013", "", "nobody has completed it yet");
      continue;
    }
    const std::string median = durationOf(step.time.median);
    const std::string ninetieth = durationOf(step.time.ninetieth);
    items += row(stepName(step.order, step.step_id),
                 median,
                 layeredBar(plainStep(step),
                            "median " + median + ", 90 percent within " + ninetieth,
                            {"wait", part(step.time.ninetieth)},
                            {"main", part(step.time.median)}),
                 "90% within " + ninetieth);
    cells.push_back(
        {stepName(step.order, step.step_id), median, ninetieth, number(step.time.count)});
  }
  return section(heading,
                 "From the end of the step before, or the invitation.",
                 legend({{"main", "median"}, {"wait", "90% of the candidates"}}) +
                     withTable(rows(items), {"Step", "Median", "90% within", "Candidates"}, cells));
}

std::string statuses(const MirrorFigures& figures) {
  const std::string heading = "By status";
  if (figures.candidates == 0) {
    return section(heading, "", empty("There are no candidates."));
  }
  std::vector<Part> parts;
  std::string description;
  std::string items;
  for (std::size_t at = 0; at < std::min(figures.statuses.size(), kMostRows); ++at) {
    const StatusFigures& one = figures.statuses[at];
    const std::string name = nameOf(one.status);
    const std::string share = percent(one.candidates, figures.candidates);
    parts.push_back({kindOf(one.status), shareOf(one.candidates, figures.candidates)});
    description += (description.empty() ? "" : ", ") + name + " " + number(one.candidates);
    items += element("li",
                     "",
                     key(kindOf(one.status)) + element("span", " class=\"name\"", name) +
                         element("span", "", number(one.candidates)) +
                         element("span", " class=\"share\"", share)) +
             '\n';
  }
  return section(heading,
                 "The status that the API gives each candidate: everybody is counted once.",
                 bar(heading, description, parts) + element("ul", " class=\"legend long\"", items));
}

std::string recentChanges(const MirrorFigures& figures) {
  const std::string heading = "Changes of the last seven days";
  if (figures.changes.empty()) {
    return section(heading, "", empty("The mirror has seen no change of a status or a step."));
  }
  const std::uint64_t most = figures.changes.front().changes;
  std::string items;
  std::vector<std::vector<std::string>> cells;
  for (std::size_t at = 0; at < std::min(figures.changes.size(), kMostRows); ++at) {
    const ChangeFigures& change = figures.changes[at];
    const std::string status = nameOf(change.status);
    const std::string step = stepName(change.step_order, change.step_id);
    const bool in_step = change.step_order || change.step_id;
    items += row(status + (in_step ? element("span", " class=\"place\"", ": " + step) : ""),
                 number(change.changes),
                 bar(status,
                     counted(change.changes, "change"),
                     {{kindOf(change.status), shareOf(change.changes, most)}}),
                 "");
    cells.push_back({status, step, timeOf(change.latest), number(change.changes)});
  }
  return section(
      heading,
      "By the status and the step that followed, as the mirror has seen them.",
      withTable(rows(items, " close"), {"Changed to", "Step", "Latest", "Changes"}, cells, 3));
}

std::string latestChanges(const MirrorFigures& figures) {
  if (figures.latest.empty()) {
    return {};
  }
  std::vector<std::vector<std::string>> people;
  for (const ChangedCandidate& one : figures.latest) {
    people.push_back({element("bdi", "", escaped(one.name)),
                      nameOf(one.status),
                      stepName(one.step_order, one.step_id),
                      timeOf(one.at),
                      one.score ? decimal(*one.score, 1) : "\u2013"});
  }
  return section("Latest changes",
                 "The score is the present one.",
                 table({"Name", "Changed to", "Step", "When", "Score"}, people, 4, "people"),
                 "full long");
}

}  // namespace report
