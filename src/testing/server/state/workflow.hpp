#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "heymilo/models/timestamp.hpp"

namespace heymilo::testing::detail {

enum class Step { resume, sms, web_interview, form };
inline constexpr std::size_t kSteps = 4;

enum class WorkflowOutcome { completed, shortlisted, dismissed, knocked_out };

/// The course of a candidate's workflow, from beginning to end: a pure function of the number drawn
/// for it and the time of its creation.
struct Workflow {
  struct Part {
    Timestamp begins;
    Timestamp ends;
    double score = 0;  ///< 0 to 100
  };

  Workflow(std::uint64_t number, Timestamp invited);

  std::array<Part, kSteps> steps{};
  std::size_t reached = kSteps;  ///< the number of begun steps; the last may knock out
  WorkflowOutcome outcome = WorkflowOutcome::completed;
  Timestamp
      decided{};     ///< from then on `outcome` is shown; evaluating between the last step and then
  double score = 0;  ///< of all steps; 0 to 100

  const Part& at(Step step) const { return steps[static_cast<std::size_t>(step)]; }
};

/// The progress of a workflow at a given time.
class Progress {
 public:
  Progress(const Workflow& workflow, Timestamp now) : workflow_(workflow), now_(now) {}

  bool begun(Step step) const;
  bool ended(Step step) const;                        ///< passed or knocked out
  bool passed(Step step) const;                       ///< ended, and not knocked out
  bool decided() const;                               ///< the outcome is shown
  bool has(WorkflowOutcome outcome) const;            ///< decided with this outcome
  std::string_view status() const;                    ///< the API's text
  std::string_view status(Step step) const;           ///< the API's text
  std::optional<Timestamp> changed(Step step) const;  ///< its last change; empty: not begun
  std::optional<Timestamp> changed() const;           ///< the last change of any step

 private:
  const Workflow::Part* reached(Step step) const;

  const Workflow& workflow_;
  const Timestamp now_;
};

/// Every workflow is decided within this time.
inline constexpr std::chrono::hours kWorkflowLimit{14 * 24};

}  // namespace heymilo::testing::detail
