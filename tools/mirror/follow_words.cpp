#include "mirror/follow_words.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <heymilo/errors.hpp>
#include <string>

#include "support/explain.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"

namespace mirroring {

namespace {

using heymilo::workflows::FollowResult;
using heymilo::workflows::FollowStatus;

std::string count(std::uint64_t number, const std::string& what) {
  return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s");
}

std::string changesText(const FollowResult& result) {
  return std::to_string(result.added) + " new, " + std::to_string(result.changed) + " changed, " +
         std::to_string(result.gone) + " gone" +
         (result.erased == 0 ? "" : ", " + std::to_string(result.erased) + " erased");
}

std::string lagText(const FollowStatus& status) {
  if (!status.lag) {
    return "catching up";
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*status.lag).count();
  return "new candidates known up to " + std::to_string(seconds) + " s ago";
}

std::string liveText(const FollowStatus& status) {
  std::string text = status.state == FollowStatus::State::failing       ? "waiting; "
                     : status.state == FollowStatus::State::standing_by ? "standing by; "
                                                                        : "";
  text += lagText(status) + "; " + changesText(status.total) + "; " +
          count(status.requests_last_hour, "request") + " in the last hour";
  return text;
}

}  // namespace

void FollowWords::show(const FollowStatus& status) {
  if (status.state != state_) {
    const State before = state_;
    state_ = status.state;
    if (status.state == State::failing) {
      tellProblem(status);
    } else {
      tellState(status, before == State::failing);
    }
  }
  line_.show(liveText(status));
}

void FollowWords::tellState(const FollowStatus& status, bool recovered) {
  if (status.state == State::standing_by) {
    standing_by_ = true;
    if (recovered) {
      support::tell("it works again. Standing by.\n");
    } else if (!quiet_) {
      support::tell(
          "another run stores into this mirror, or has done so a moment ago. Standing by.\n");
    }
    return;
  }
  if (standing_by_) {
    standing_by_ = false;
    if (!quiet_) {
      support::tell("the other run has ended or is silent: this one has the mirror.\n");
    }
  } else if (recovered) {
    support::tell("it works again: " + lagText(status) + '\n');
  }
  if (status.state == State::in_step && !begun_) {
    begun_ = true;
    if (!quiet_) {
      support::tell("in step: " + count(status.total.seen, "candidate") + " read, " +
                    changesText(status.total) + "; " + count(status.total.requests, "request") +
                    '\n');
    }
  }
}

void FollowWords::tellProblem(const FollowStatus& status) const {
  try {
    if (status.error) {
      std::rethrow_exception(status.error);
    }
  } catch (const heymilo::StoreError& error) {
    support::complain(support::printable(error.what()) + "\nTrying again until it works.\n");
  } catch (const heymilo::Error& error) {
    support::complain(support::explain(error) + "Trying again until it works.\n");
  }
}

void FollowWords::summarize(const FollowResult& result) const {
  if (!quiet_) {
    support::tell("stopped: " + changesText(result) + "; " + count(result.requests, "request") +
                  ". Everything received is stored.\n");
  }
}

}  // namespace mirroring
