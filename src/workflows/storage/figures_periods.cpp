#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/calendar.hpp"
#include "workflows/storage/figures.hpp"

namespace heymilo::workflows {

namespace {

using std::chrono::hours;

constexpr hours kDay{24};
constexpr hours kWeek = kDay * 7;
constexpr auto kMostDays = kDay * 42;    // longer times are in weeks
constexpr auto kMostWeeks = kWeek * 60;  // longer ones in months
constexpr auto kMost = kDay * 365 * 5;   // and this is the longest
constexpr auto kAhead = kDay * 366;      // later than the mirror: an error of a clock

using Days = std::chrono::duration<std::int64_t, std::ratio<86'400>>;

Timestamp midnight(Timestamp moment) {
  return Timestamp(std::chrono::floor<Days>(moment.time_since_epoch()));
}

/// Of the period in which a moment is; a moment after the year 9999 is in no month.
std::optional<Timestamp> beginOf(Timestamp moment, FiguresPeriod period) {
  const Timestamp day = midnight(moment);
  if (period == FiguresPeriod::day) {
    return day;
  }
  const auto date = toCalendarTime(std::chrono::time_point_cast<std::chrono::seconds>(day));
  if (!date) {
    return std::nullopt;
  }
  constexpr int kDays = 7;
  return period == FiguresPeriod::week ? day - kDay * ((date->weekday + kDays - 1) % kDays)
                                       : day - kDay * (date->day - 1);
}

Timestamp nextOf(Timestamp begin, FiguresPeriod period) {
  if (period != FiguresPeriod::month) {
    return begin + (period == FiguresPeriod::day ? kDay : kWeek);
  }
  constexpr int kLongestMonth = 31;
  return beginOf(begin + kDay * kLongestMonth, period).value_or(Timestamp::max());
}

FiguresPeriod periodFor(Timestamp::duration time) {
  return time <= kMostDays    ? FiguresPeriod::day
         : time <= kMostWeeks ? FiguresPeriod::week
                              : FiguresPeriod::month;
}

}  // namespace

void setPeriods(MirrorFigures& figures, const std::vector<Timestamp>& invited,
                const std::vector<Timestamp>& completed) {
  // Where the mirror has never read anything there are no events. Another program may have written
  // any time.
  const Timestamp read_at = std::clamp(
      figures.read_at.value_or(Timestamp()), Timestamp(), Timestamp(kLastMoment - kAhead));
  const Timestamp latest = read_at + kAhead;
  std::optional<Timestamp> first, last;
  for (const auto* const events : {&invited, &completed}) {
    for (const Timestamp event : *events) {
      if (event <= latest) {
        first = first ? std::min(*first, event) : event;
        last = last ? std::max(*last, event) : event;
      }
    }
  }
  if (!first) {
    figures.outside = invited.size() + completed.size();
    return;
  }
  last = std::max(*last, read_at);
  first = std::max(*first, *last - kMost);
  figures.period = periodFor(*last - *first);
  const std::optional<Timestamp> begin = beginOf(*first, figures.period);
  for (Timestamp at = begin.value_or(*last); at <= *last; at = nextOf(at, figures.period)) {
    figures.periods.push_back({at});
  }
  const auto count = [&](const std::vector<Timestamp>& events, std::uint64_t PeriodFigures::*sum) {
    for (const Timestamp event : events) {
      const auto after = std::upper_bound(
          figures.periods.begin(),
          figures.periods.end(),
          event,
          [](Timestamp moment, const PeriodFigures& period) { return moment < period.begin; });
      if (after == figures.periods.begin() || event > *last) {
        ++figures.outside;
      } else {
        ++((*(after - 1)).*sum);
      }
    }
  };
  count(invited, &PeriodFigures::invited);
  count(completed, &PeriodFigures::completed);
}

}  // namespace heymilo::workflows
