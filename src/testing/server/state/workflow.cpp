#include "testing/server/state/workflow.hpp"

#include "testing/server/state/luck.hpp"

namespace heymilo::testing::detail {

namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Span {
  microseconds least;
  microseconds most;
};

struct Pace {
  Span before;
  Span during;
};

constexpr std::array<Pace, kSteps> kPaces = {
    Pace{{seconds{2}, seconds{20}}, {seconds{5}, minutes{1}}},
    Pace{{minutes{1}, minutes{30}}, {minutes{2}, hours{4}}},
    Pace{{minutes{10}, hours{72}}, {minutes{8}, minutes{45}}},
    Pace{{minutes{1}, hours{24}}, {minutes{2}, minutes{30}}},
};
constexpr Span kEvaluation = {minutes{1}, minutes{10}};

constexpr microseconds longest() {
  microseconds sum = kEvaluation.most;
  for (const Pace& pace : kPaces) {
    sum += pace.before.most + pace.during.most;
  }
  return sum;
}
static_assert(longest() <= kWorkflowLimit);

constexpr double kKnockOutShare = 0.08;  // at each step
constexpr double kShortlistShare = 0.25;
constexpr double kDismissalShare = 0.25;  // of those that are not shortlisted

microseconds draw(Luck& luck, const Span& span) {
  return microseconds{luck.between(span.least.count(), span.most.count())};
}

}  // namespace

Workflow::Workflow(std::uint64_t number, Timestamp invited) {
  Luck luck(scramble(number));
  Timestamp moment = invited;
  double sum = 0;
  for (std::size_t step = 0; step < kSteps; ++step) {
    Part& part = steps[step];
    part.begins = moment + draw(luck, kPaces[step].before);
    part.ends = part.begins + draw(luck, kPaces[step].during);
    part.score = static_cast<double>(luck.between(80, 200)) / 2;
    moment = part.ends;
    sum += part.score;
    if (luck.happens(kKnockOutShare)) {
      reached = step + 1;
      outcome = WorkflowOutcome::knocked_out;
      decided = moment;
      return;
    }
  }
  score = static_cast<double>(static_cast<int>(sum / kSteps * 10)) / 10;
  decided = moment + draw(luck, kEvaluation);
  if (luck.happens(kShortlistShare)) {
    outcome = WorkflowOutcome::shortlisted;
  } else if (luck.happens(kDismissalShare)) {
    outcome = WorkflowOutcome::dismissed;
  }
}

// The step's summary if the candidate reaches the step.
const Workflow::Part* Progress::reached(Step step) const {
  const auto place = static_cast<std::size_t>(step);
  return place < workflow_.reached ? &workflow_.steps[place] : nullptr;
}

bool Progress::begun(Step step) const {
  const Workflow::Part* part = reached(step);
  return part && part->begins <= now_;
}

bool Progress::ended(Step step) const {
  const Workflow::Part* part = reached(step);
  return part && part->ends <= now_;
}

bool Progress::passed(Step step) const {
  const bool last = static_cast<std::size_t>(step) + 1 == workflow_.reached;
  return ended(step) && !(last && workflow_.outcome == WorkflowOutcome::knocked_out);
}

bool Progress::decided() const { return workflow_.decided <= now_; }

bool Progress::has(WorkflowOutcome outcome) const {
  return decided() && workflow_.outcome == outcome;
}

std::string_view Progress::status() const {
  if (decided()) {
    constexpr std::array<std::string_view, 4> kNames = {
        "completed", "shortlisted", "dismissed", "knocked_out"};
    return kNames[static_cast<std::size_t>(workflow_.outcome)];
  }
  if (ended(Step::form)) {
    return "evaluating";
  }
  return begun(Step::resume) ? "in_progress" : "pending";
}

std::string_view Progress::status(Step step) const {
  if (ended(step)) {
    return passed(step) ? "completed" : "knocked_out";
  }
  return begun(step) ? "in_progress" : "not_started";
}

std::optional<Timestamp> Progress::changed(Step step) const {
  if (!begun(step)) {
    return std::nullopt;
  }
  return ended(step) ? workflow_.at(step).ends : workflow_.at(step).begins;
}

std::optional<Timestamp> Progress::changed() const {
  for (const Step step : {Step::form, Step::web_interview, Step::sms, Step::resume}) {
    if (begun(step)) {
      return changed(step);
    }
  }
  return std::nullopt;
}

}  // namespace heymilo::testing::detail
