#pragma once

#include <cstdint>
#include <heymilo/workflows/mirror_figures.hpp>
#include <nlohmann/json.hpp>
#include <optional>

namespace heymilo_test {

inline nlohmann::json toJson(const heymilo::workflows::DurationFigures& one) {
  return {one.count, one.median.count(), one.ninetieth.count()};
}

template <class T>
nlohmann::json orNull(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

/// Everything in the figures but the times of the mirror's own clock, which differ between two
/// mirrors of one posting: for comparisons.
inline nlohmann::json toJson(const heymilo::workflows::MirrorFigures& figures) {
  nlohmann::json all{{"posting_id", figures.posting_id},
                     {"read", figures.read_at.has_value()},
                     {"complete", figures.complete_until.has_value()},
                     {"unfinished", orNull(figures.unfinished)},
                     {"filled", orNull(figures.filled)},
                     {"candidates", figures.candidates},
                     {"open", figures.open},
                     {"completed", figures.completed},
                     {"shortlisted", figures.shortlisted},
                     {"dismissed", figures.dismissed},
                     {"knocked_out", figures.knocked_out},
                     {"gone", figures.gone},
                     {"erased", orNull(figures.erased)},
                     {"to_completion", toJson(figures.to_completion)},
                     {"period", static_cast<int>(figures.period)},
                     {"outside", figures.outside},
                     {"undated", figures.undated},
                     {"scores",
                      {figures.scores.count,
                       figures.scores.bins,
                       figures.scores.outside,
                       figures.scores.lower_quartile,
                       figures.scores.median,
                       figures.scores.upper_quartile}}};
  for (const auto& one : figures.statuses) {
    all["statuses"].push_back({one.status, one.candidates});
  }
  for (const auto& one : figures.steps) {
    all["steps"].push_back({one.order,
                            one.step_id,
                            one.began,
                            one.completed,
                            one.knocked_out,
                            one.in_it,
                            toJson(one.time)});
  }
  for (const auto& one : figures.periods) {
    all["periods"].push_back({one.begin.time_since_epoch().count(), one.invited, one.completed});
  }
  for (const auto& one : figures.changes) {
    all["changes"].push_back(
        {one.status, orNull(one.step_id), orNull(one.step_order), one.changes});
  }
  for (const auto& one : figures.latest) {
    all["latest"].push_back(
        {one.name, orNull(one.score), one.status, orNull(one.step_id), orNull(one.step_order)});
  }
  return all;
}

}  // namespace heymilo_test
