#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "heymilo/models/candidate.hpp"
#include "heymilo/models/timestamp.hpp"
#include "heymilo/workflows/mirror_figures.hpp"

namespace heymilo::workflows {

/// How far back from MirrorFigures::read_at its changes go.
constexpr std::chrono::hours kRecent{24 * 7};

/// What a store tells of a candidate who is not gone.
struct CandidateFacts {
  std::string status{};
  std::optional<double> score{};
  bool shortlisted = false, dismissed = false;
  std::optional<Timestamp> created_at{}, interviewed_at{};
  /// When the mirror first saw the status `completed`.
  std::optional<Timestamp> seen_completed{};
  nlohmann::json workflow{};  ///< null or discarded: none
};

/// What a store tells of a recent change.
struct ChangeFacts {
  std::string name{};  ///< empty without FiguresOptions::personal_data
  std::optional<double> score{};
  std::string status{};
  std::optional<std::string> step_id{};
  std::optional<std::int64_t> step_order{};
  Timestamp at{};
};

/// The number in the sorted values below which this part of them is, 0 to 1. Interpolated as by
/// percentile_cont() of SQL. 0 without values.
double percentile(const std::vector<double>& sorted, double part);

/// Computes figures from what a store tells, so that they are the same for each store. The counts
/// that a store has ready (`gone`, `erased`) and its times are set in `figures` before finish().
class FiguresBuilder {
 public:
  explicit FiguresBuilder(FiguresOptions options) : options_(options) {}

  MirrorFigures figures{};

  void add(const CandidateFacts& candidate);
  void add(ChangeFacts change);
  MirrorFigures finish();

 private:
  struct Step {
    StepFigures figures{};
    std::vector<double> times{};  // microseconds
  };
  using StepKey = std::pair<std::int64_t, std::string>;
  using ChangeKey =
      std::tuple<CandidateStatus, std::optional<std::int64_t>, std::optional<std::string>>;

  void addSteps(const CandidateWorkflow& workflow, const std::optional<Timestamp>& created_at);
  void finishScores();
  void finishChanges();

  const FiguresOptions options_;
  std::map<CandidateStatus, std::uint64_t> statuses_;
  std::map<StepKey, Step> steps_;
  std::vector<double> to_completion_, scores_;  // microseconds; as they are
  std::vector<Timestamp> invited_, completed_;
  std::map<ChangeKey, ChangeFigures> changes_;
  std::vector<ChangeFacts> latest_;
};

/// Divides the time of the events into periods: see MirrorFigures::periods.
void setPeriods(MirrorFigures& figures, const std::vector<Timestamp>& invited,
                const std::vector<Timestamp>& completed);

}  // namespace heymilo::workflows
