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

enum class Outcome { completed, shortlisted, dismissed, knocked_out };

/// What is going to become of a candidate, from beginning to end: a pure function of the number
/// drawn for it and the moment of its invitation.
struct Workflow {
  struct Part {
    Timestamp begins;
    Timestamp ends;
    double score = 0;  ///< 0 to 100
  };

  Workflow(std::uint64_t number, Timestamp invited);

  std::array<Part, kSteps> steps{};
  std::size_t reached = kSteps;  ///< how many steps are begun; the last may knock out
  Outcome outcome = Outcome::completed;
  Timestamp
      decided{};     ///< from then on `outcome` is shown; before, since the last step, evaluating
  double score = 0;  ///< of all steps; 0 to 100

  const Part& at(Step step) const { return steps[static_cast<std::size_t>(step)]; }
};

/// How far a workflow has come at a moment.
class Progress {
 public:
  Progress(const Workflow& workflow, Timestamp now) : workflow_(workflow), now_(now) {}

  bool begun(Step step) const;
  bool ended(Step step) const;                        ///< passed or knocked out
  bool passed(Step step) const;                       ///< ended, and not knocked out
  bool decided() const;                               ///< the outcome is shown
  bool has(Outcome outcome) const;                    ///< decided so
  std::string_view status() const;                    ///< as the API says it
  std::string_view status(Step step) const;           ///< as the API says it
  std::optional<Timestamp> changed(Step step) const;  ///< when it last did; empty: not begun
  std::optional<Timestamp> changed() const;           ///< when any step last did

 private:
  const Workflow::Part* reached(Step step) const;

  const Workflow& workflow_;
  const Timestamp now_;
};

/// Every workflow is decided within this time.
inline constexpr std::chrono::hours kWorkflowLimit{14 * 24};

}  // namespace heymilo::testing::detail
