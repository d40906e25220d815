#include "workflows/storage/figures.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "heymilo/errors.hpp"
#include "heymilo/pagination.hpp"

namespace heymilo::workflows {

MirrorReader::~MirrorReader() = default;

std::string_view toString(FiguresPeriod period) noexcept {
  switch (period) {
    case FiguresPeriod::day:
      return "day";
    case FiguresPeriod::week:
      return "week";
    case FiguresPeriod::month:
      break;
  }
  return "month";
}

namespace {

using std::chrono::microseconds;

constexpr double kHighestScore = 100;

/// Empty where it is not one of this version's: another program has changed the database.
std::optional<CandidateWorkflow> workflowOf(const nlohmann::json& workflow) {
  if (!workflow.is_object()) {
    return std::nullopt;
  }
  try {
    return workflow.get<CandidateWorkflow>();
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  } catch (const DecodeError&) {
    return std::nullopt;
  }
}

/// Whether the candidate has done all steps. Where there is no workflow, the status says so.
bool isDone(const CandidateFacts& candidate, const std::optional<CandidateWorkflow>& workflow) {
  return workflow ? workflow->all_complete
                  : candidate.status == "completed" || candidate.status == "shortlisted";
}

/// The end of the last step; otherwise the next best that is known of it.
std::optional<Timestamp> endOf(const CandidateFacts& candidate,
                               const std::optional<CandidateWorkflow>& workflow) {
  std::optional<Timestamp> end;
  if (workflow) {
    for (const WorkflowStepStatus& step : workflow->steps) {
      if (step.completed && step.last_updated_at && (!end || *end < *step.last_updated_at)) {
        end = step.last_updated_at;
      }
    }
  }
  return end ? end : candidate.interviewed_at ? candidate.interviewed_at : candidate.seen_completed;
}

void addTime(std::vector<double>& times, Timestamp begin, Timestamp end) {
  if (begin <= end) {  // otherwise the times contradict each other
    // Each converted first: their difference may be too long for a duration.
    times.push_back(static_cast<double>(end.time_since_epoch().count()) -
                    static_cast<double>(begin.time_since_epoch().count()));
  }
}

DurationFigures durationsOf(std::vector<double> times) {
  constexpr double kNinetieth = 0.9;
  std::sort(times.begin(), times.end());
  DurationFigures durations;
  durations.count = times.size();
  durations.median = microseconds(std::llround(percentile(times, 0.5)));
  durations.ninetieth = microseconds(std::llround(percentile(times, kNinetieth)));
  return durations;
}

}  // namespace

double percentile(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) {
    return 0;
  }
  const double place = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - std::floor(place));
}

void FiguresBuilder::add(const CandidateFacts& candidate) {
  const CandidateStatus status(candidate.status);
  const std::optional<CandidateWorkflow> workflow = workflowOf(candidate.workflow);
  ++figures.candidates;
  ++statuses_[status];
  figures.open += isFinal(status) ? 0U : 1U;
  figures.shortlisted += candidate.shortlisted || status == CandidateStatus::shortlisted ? 1U : 0U;
  figures.dismissed += candidate.dismissed || status == CandidateStatus::dismissed ? 1U : 0U;
  figures.knocked_out += status == CandidateStatus::knocked_out ? 1U : 0U;
  if (candidate.score) {
    scores_.push_back(*candidate.score);
  }
  if (candidate.created_at) {
    invited_.push_back(*candidate.created_at);
  } else {
    ++figures.undated;
  }
  if (isDone(candidate, workflow)) {
    ++figures.completed;
    if (const std::optional<Timestamp> end = endOf(candidate, workflow)) {
      completed_.push_back(*end);
      if (candidate.created_at) {
        addTime(to_completion_, *candidate.created_at, *end);
      }
    }
  }
  if (workflow) {
    addSteps(*workflow, candidate.created_at);
  }
}

void FiguresBuilder::addSteps(const CandidateWorkflow& workflow,
                              const std::optional<Timestamp>& created_at) {
  std::vector<const WorkflowStepStatus*> in_order;
  for (const WorkflowStepStatus& step : workflow.steps) {
    in_order.push_back(&step);
  }
  std::stable_sort(in_order.begin(), in_order.end(), [](const auto* a, const auto* b) {
    return a->order < b->order;
  });
  std::optional<Timestamp> before = created_at;
  for (const WorkflowStepStatus* const step : in_order) {
    Step& sum = steps_[{step->order, step->step_id}];
    sum.figures.began += step->started ? 1U : 0U;
    sum.figures.completed += step->completed ? 1U : 0U;
    sum.figures.knocked_out += step->knocked_out ? 1U : 0U;
    sum.figures.in_it += step->started && !step->completed && !step->knocked_out ? 1U : 0U;
    if (step->completed && before && step->last_updated_at) {
      addTime(sum.times, *before, *step->last_updated_at);
    }
    before = step->last_updated_at;
  }
}

void FiguresBuilder::add(ChangeFacts change) {
  const CandidateStatus status(change.status);
  ChangeFigures& sum = changes_[{status, change.step_order, change.step_id}];
  if (sum.changes == 0) {
    sum.status = status;
    sum.step_id = change.step_id;
    sum.step_order = change.step_order;
  }
  sum.latest = sum.changes == 0 ? change.at : std::max(sum.latest, change.at);
  ++sum.changes;
  if (options_.personal_data) {
    latest_.push_back(std::move(change));
  }
}

MirrorFigures FiguresBuilder::finish() {
  // OpenEnum has undocumented ones first.
  for (const bool documented : {true, false}) {
    for (const auto& [status, count] : statuses_) {
      if ((status.value() != CandidateStatus::other) == documented) {
        figures.statuses.push_back({status, count});
      }
    }
  }
  for (auto& [key, step] : steps_) {
    step.figures.order = key.first;
    step.figures.step_id = key.second;
    step.figures.time = durationsOf(std::move(step.times));
    figures.steps.push_back(std::move(step.figures));
  }
  figures.to_completion = durationsOf(std::move(to_completion_));
  finishScores();
  finishChanges();
  setPeriods(figures, invited_, completed_);
  return std::move(figures);
}

void FiguresBuilder::finishScores() {
  constexpr double kQuarter = 0.25;
  ScoreFigures& sum = figures.scores;
  std::sort(scores_.begin(), scores_.end());
  sum.count = scores_.size();
  for (const double score : scores_) {
    if (score >= 0 && score <= kHighestScore) {
      const auto bin =
          static_cast<std::size_t>(score * static_cast<double>(sum.bins.size()) / kHighestScore);
      ++sum.bins[std::min(bin, sum.bins.size() - 1)];
    } else {
      ++sum.outside;
    }
  }
  sum.lower_quartile = percentile(scores_, kQuarter);
  sum.median = percentile(scores_, 2 * kQuarter);
  sum.upper_quartile = percentile(scores_, 3 * kQuarter);
}

void FiguresBuilder::finishChanges() {
  for (auto& [key, change] : changes_) {
    figures.changes.push_back(std::move(change));
  }
  std::stable_sort(figures.changes.begin(),
                   figures.changes.end(),
                   [](const auto& a, const auto& b) { return a.changes > b.changes; });
  std::sort(latest_.begin(), latest_.end(), [](const ChangeFacts& a, const ChangeFacts& b) {
    return a.at != b.at ? a.at > b.at : a.name < b.name;
  });
  latest_.resize(std::min(latest_.size(), options_.most_latest));
  for (ChangeFacts& one : latest_) {
    figures.latest.push_back({std::move(one.name),
                              one.score,
                              CandidateStatus(one.status),
                              std::move(one.step_id),
                              one.step_order,
                              one.at});
  }
}

}  // namespace heymilo::workflows
