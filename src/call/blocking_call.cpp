#include "call/blocking_call.hpp"

#include <exception>
#include <optional>
#include <utility>

namespace heymilo {

namespace {

Step askForTurn(Call& call) {
  std::optional<Pacer::Permit> turn;
  try {
    turn.emplace(call.context().pacer().acquire(
        call.cancellation(), call.deadline(), [&call](std::chrono::milliseconds wait) {
          call.throttled(wait);
        }));
  } catch (...) {
    return call.refused(std::current_exception());
  }
  return call.granted(*std::move(turn));
}

Step send(Call& call) {
  HttpResponse response;
  try {
    response = call.context().transport().send(call.request(), call.cancellation());
  } catch (...) {
    return call.failed(std::current_exception());
  }
  return call.responded(std::move(response));
}

Step wait(Call& call, Clock::TimePoint end) {
  return waitUntil(*call.context().clock(), end, call.cancellation()) ? call.waited()
                                                                      : call.cancelled();
}

Step next(Call& call, const Step& step) {
  switch (step.kind) {
    case Step::Kind::ask_for_turn:
      return askForTurn(call);
    case Step::Kind::take_place:
      return call.placed();  // the thread is its place
    case Step::Kind::prepare:
      return call.prepare();
    case Step::Kind::send:
      return send(call);
    case Step::Kind::wait:
      return wait(call, step.until);
    case Step::Kind::nothing:
    case Step::Kind::succeed:
    case Step::Kind::fail:
    case Step::Kind::time_out:
    case Step::Kind::cancel:
      break;
  }
  return step;
}

}  // namespace

void carryOut(Call& call) {
  Step step = call.begin();
  while (!step.ends()) {
    step = next(call, step);
  }
  if (step.kind != Step::Kind::succeed) {
    call.throwError(step);
  }
}

}  // namespace heymilo
