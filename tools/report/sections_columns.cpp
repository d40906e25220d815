#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "report/charts.hpp"
#include "report/markup.hpp"
#include "report/sections.hpp"

namespace report {

using heymilo::workflows::FiguresPeriod;
using heymilo::workflows::MirrorFigures;
using heymilo::workflows::PeriodFigures;
using heymilo::workflows::ScoreFigures;

namespace {

std::string plot(const std::string& drawing) { return element("div", " class=\"plot\"", drawing); }

/// Every n-th period has a label, so that there are eight at most, and four where there is little
/// room.
void label(std::vector<Columns>& groups, const std::vector<PeriodFigures>& periods,
           FiguresPeriod period) {
  constexpr std::size_t kMost = 8;
  const std::size_t apart = (groups.size() + kMost - 1) / kMost;
  for (std::size_t at = 0; at < groups.size(); at += apart) {
    groups[at].label =
        period == FiguresPeriod::month ? monthOf(periods[at].begin) : dayOf(periods[at].begin);
    groups[at].wide_only = (at / apart) % 2 != 0 && groups.size() > kMost / 2;
  }
}

}  // namespace

std::string overTime(const MirrorFigures& figures) {
  const std::string heading = "Over time";
  if (figures.periods.empty()) {
    return section(heading, "", empty("There are no dates yet."), "full");
  }
  const std::string period(toString(figures.period));
  ColumnChart chart;
  chart.kinds = {"main", "done"};
  std::uint64_t invited = 0, completed = 0;
  std::vector<std::vector<std::string>> cells;
  for (const PeriodFigures& one : figures.periods) {
    chart.groups.push_back(
        {"", false, {static_cast<double>(one.invited), static_cast<double>(one.completed)}, ""});
    invited += one.invited;
    completed += one.completed;
    cells.push_back(
        {figures.period == FiguresPeriod::month ? monthOf(one.begin) : dateOf(one.begin),
         number(one.invited),
         number(one.completed)});
  }
  std::reverse(cells.begin(), cells.end());
  label(chart.groups, figures.periods, figures.period);
  chart.title = "Invited and completed by " + period;
  chart.description = counted(figures.periods.size(), period) + " from " +
                      dateOf(figures.periods.front().begin) + ": " + number(invited) +
                      " invited, " + number(completed) + " completed the workflow";
  std::string lead = "By " + period + ", UTC";
  lead += figures.period == FiguresPeriod::week ? "; a week begins on Monday." : ".";
  if (figures.undated != 0) {
    lead += ' ' + counted(figures.undated, "candidate") + " without a date.";
  }
  if (figures.outside != 0) {
    lead += ' ' + number(figures.outside) + " earlier or later than the drawing.";
  }
  return section(heading,
                 lead,
                 legend({{"main", "invited"}, {"done", "completed the workflow"}}) +
                     withTable(plot(columnChart(chart)),
                               {figures.period == FiguresPeriod::week ? "Week from" : "Time",
                                "Invited",
                                "Completed the workflow"},
                               cells),
                 "full");
}

std::string scores(const MirrorFigures& figures) {
  const std::string heading = "Scores";
  const ScoreFigures& all = figures.scores;
  if (all.count == 0) {
    return section(heading, "", empty("Nobody has a score yet."));
  }
  const std::size_t width = 100 / all.bins.size();
  ColumnChart chart;
  chart.kinds = {"main"};
  std::vector<std::vector<std::string>> cells;
  for (std::size_t at = 0; at < all.bins.size(); ++at) {
    chart.groups.push_back({"",
                            false,
                            {static_cast<double>(all.bins[at])},
                            all.bins[at] == 0 ? "" : number(all.bins[at])});
    chart.ticks.push_back(std::to_string(at * width));
    const bool last = at + 1 == all.bins.size();
    cells.push_back({std::to_string(at * width) + (last ? " to " : " to less than ") +
                         std::to_string((at + 1) * width),
                     number(all.bins[at])});
  }
  chart.ticks.emplace_back("100");
  chart.title = "Scores";
  chart.description = counted(all.count, "candidate") + ", median " + decimal(all.median, 1);
  std::string lead = counted(all.count, "candidate") + " with a score. Median " +
                     decimal(all.median, 1) + "; half of them are between " +
                     decimal(all.lower_quartile, 1) + " and " + decimal(all.upper_quartile, 1) +
                     '.';
  if (all.outside != 0) {
    lead += ' ' + number(all.outside) + " less than 0 or more than 100.";
  }
  return section(
      heading, lead, withTable(plot(columnChart(chart)), {"Score", "Candidates"}, cells));
}

}  // namespace report
