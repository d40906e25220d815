#include "workflows/mirror/follower.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <random>

#include "heymilo/errors.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/mirror/follow_errors.hpp"

namespace heymilo::workflows {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds kSlice{10};  // of a wait: then it says that it is there, at the latest
constexpr std::size_t kChangesAtOnce = 100;

/// A callback has thrown: what is in `reason_`.
class CallbackFailed {};

std::function<double()> randomNumbers() {
  auto engine = std::make_shared<std::mt19937_64>(std::random_device{}());
  return [engine] { return std::uniform_real_distribution<double>(0, 1)(*engine); };
}

}  // namespace

Follower::Follower(const Client& client, std::string_view posting_id, MirrorSink& sink,
                   const FollowOptions& options)
    : client_(client),
      sink_(sink),
      options_(options),
      slice_(std::clamp<Span>(options.silence / 4, Span{1}, kSlice)),
      mirror_options_(mirrorOptions()),
      passes_(client, posting_id, sink, mirror_options_, [this] { return handOut(); }),
      on_stop_(options.stop, [this] {
        const std::lock_guard lock(mutex_);
        stopped_.notify_all();
      }) {}

MirrorOptions Follower::mirrorOptions() {
  MirrorOptions options;
  options.overlap = options_.overlap;
  options.concurrency = options_.concurrency;
  options.erase_after = options_.erase_after;
  options.full_after = hours{0};  // the schedule knows
  options.stop = options_.stop;
  options.request = options_.request;
  options.on_progress = [this](const MirrorProgress&) { tell(stateBetweenPasses(), Moment()); };
  options.on_unreadable = [this](const UnreadableCandidate& candidate) {
    const std::string name = candidate.interview_id.value_or(candidate.error.rawBody());
    if (unreadable_.insert(std::hash<std::string>()(name)).second && options_.on_unreadable) {
      callBack([&] { options_.on_unreadable(candidate); });
    }
  };
  return options;
}

FollowResult Follower::run() {
  try {
    runUntilStopped();
  } catch (const CallbackFailed&) {
    std::rethrow_exception(reason_);
  }
  return total();
}

void Follower::runUntilStopped() {
  const auto giveBack = [this] {
    try {
      if (own_) {
        sink_.hold(MirrorClaim::give);
      }
    } catch (const StoreError&) {
      // The next run waits until this one has been silent for long enough.
    }
  };
  try {
    while (!options_.stop.cancelled()) {
      turn();
    }
  } catch (...) {
    giveBack();
    throw;
  }
  giveBack();
}

/// The next thing to be done, or the wait before it.
void Follower::turn() {
  try {
    if (!hasMirror()) {
      return;
    }
    if (!schedule_) {
      begin();
    }
    const FollowSchedule::Step step = schedule_->next();
    if (waitUntil(step.when, stateBetweenPasses())) {
      carryOut(step);
    }
  } catch (const StoreError&) {
    if (!loaded_) {
      throw;
    }
    sink_.requireInPlace();
    if (!hasLostMirror()) {
      fail(Span{0});
    }
  } catch (const CancelledError&) {
    if (!options_.stop.cancelled()) {
      throw;
    }
  } catch (const Error& error) {
    // What is not of the API is a gateway's page, where the API was read before.
    const bool strange = dynamic_cast<const DecodeError*>(&error) != nullptr;
    if (!isWorthRepeating(error) && !(strange && known_)) {
      throw;
    }
    fail(leastWait(error));
  }
}

/// False: another run has it. Then it has waited for a while.
bool Follower::hasMirror() {
  if (own_) {
    return true;
  }
  const MirrorHold hold = sink_.hold(MirrorClaim::keep);
  const Moment moment = client_.clock().now();
  if (hold.own || hold.other.empty() ||
      (hold.other == other_ && moment >= silent_since_ + options_.silence)) {
    if (!hold.own) {
      sink_.hold(MirrorClaim::take);
    }
    own_ = true;
    other_.clear();
    beaten_ = moment;
    return true;
  }
  loaded_ = true;
  error_ = nullptr;  // the database can be used, and the API is not
  if (hold.other != other_) {
    other_ = hold.other;
    silent_since_ = moment;
  }
  const Moment next = silent_since_ + options_.silence;
  tell(State::standing_by, next);
  wait(std::min<Moment>(next, moment + slice_));
  return false;
}

void Follower::begin() {
  const MirrorState state = sink_.load();
  loaded_ = true;
  if (options_.on_change) {
    sink_.trackChanges(true);
  }
  const Moment moment = client_.clock().now();
  schedule_.emplace(FollowSchedule::Limits{options_.shortest_interval,
                                           options_.longest_interval,
                                           options_.requests_per_minute,
                                           options_.full_after},
                    moment,
                    randomNumbers());
  if (options_.full_after.count() != 0 && state.watermark) {
    const auto since = now() - state.last_full.value_or(now());
    schedule_->readAllAt(moment + std::max<Timestamp::duration>(options_.full_after - since,
                                                                Timestamp::duration{0}));
  }
  handOut();  // what others have found
}

void Follower::carryOut(const FollowSchedule::Step& step) {
  tell(stateBetweenPasses(), Moment());
  const Moment began = client_.clock().now();
  under_way_ = true;
  FollowPass pass;
  try {
    pass = passes_.carryOut(step.task, step.group);
  } catch (...) {
    add(passes_.partial(), began);
    throw;
  }
  add(pass.result, began);
  task_ = pass.task;
  last_ = pass.result;
  if (pass.result.stopped) {
    return;
  }
  const Moment ended = client_.clock().now();
  schedule_->done(
      {pass.task, step.group, began, ended, pass.result.requests, pass.found, pass.over});
  if (pass.all_wanted) {
    schedule_->readAllAt(ended);
  }
  if (pass.task == FollowTask::news || pass.task == FollowTask::everything) {
    known_ = began;
  }
  schedule_->recovered();
  error_ = nullptr;
  tell(stateBetweenPasses(), schedule_->next().when);
}

void Follower::add(const MirrorResult& result, Moment moment) {
  under_way_ = false;
  total_.seen += result.seen;
  total_.added += result.added;
  total_.changed += result.changed;
  total_.gone += result.gone;
  total_.erased += result.erased;
  total_.requests += result.requests;
  if (result.requests > 0) {
    requests_.emplace_back(moment, result.requests);
  }
}

/// Hands out what has changed. False if it was stopped before the end: then nobody may be erased.
bool Follower::handOut() {
  while (options_.on_change) {
    const std::vector<MirrorChange> changes = sink_.changes(kChangesAtOnce);
    if (changes.empty()) {
      break;
    }
    for (const MirrorChange& change : changes) {
      if (options_.stop.cancelled()) {
        return false;
      }
      callBack([&] { options_.on_change(change); });
      sink_.handled(change);
      ++total_.handled;
    }
  }
  return true;
}

/// Whether another run has taken the mirror. It is not known while the database can't be used.
bool Follower::hasLostMirror() {
  try {
    own_ = sink_.hold(MirrorClaim::keep).own;
  } catch (const StoreError&) {
    return false;
  }
  return !own_;
}

/// With the exception that is being handled.
void Follower::fail(Span at_least) {
  error_ = std::current_exception();
  const Moment moment = client_.clock().now();
  if (!schedule_) {  // it stood by, and has never had the mirror
    tell(State::failing, moment + slice_);
    wait(moment + slice_);
    return;
  }
  const Moment next = schedule_->failed(moment, at_least);
  tell(State::failing, next);
  waitUntil(next, State::failing);
}

/// False if it was stopped, or has lost the mirror.
bool Follower::waitUntil(Moment moment, State state) {
  while (client_.clock().now() < moment) {
    if (!wait(std::min<Moment>(moment, client_.clock().now() + slice_))) {
      return false;
    }
    if (client_.clock().now() - beaten_ < slice_ / 2) {
      continue;
    }
    beaten_ = client_.clock().now();
    if (state == State::failing) {
      if (hasLostMirror()) {
        return false;
      }
    } else if (own_ = sink_.hold(MirrorClaim::keep).own; !own_) {
      return false;
    }
    if (client_.clock().now() < moment) {
      tell(state, moment);
    }
  }
  return !options_.stop.cancelled();
}

/// False if it was stopped.
bool Follower::wait(Moment moment) {
  std::unique_lock lock(mutex_);
  return !client_.clock().wait(
      lock, stopped_, moment, [this] { return options_.stop.cancelled(); });
}

FollowStatus::State Follower::stateBetweenPasses() const {
  return error_ ? State::failing : known_ ? State::in_step : State::catching_up;
}

FollowResult Follower::total() const {
  FollowResult total = total_;
  total.unreadable = unreadable_.size();
  if (under_way_) {
    const MirrorResult part = passes_.partial();
    total.seen += part.seen;
    total.added += part.added;
    total.changed += part.changed;
    total.requests += part.requests;
  }
  return total;
}

/// `next`: before now, where it is doing something.
void Follower::tell(State state, Moment next) {
  if (!options_.on_status) {
    return;
  }
  const Moment moment = client_.clock().now();
  FollowStatus status;
  status.state = state;
  status.next = std::chrono::ceil<Span>(std::max(next - moment, Moment::duration{0}));
  if (known_) {
    status.lag = std::chrono::floor<Span>(moment - *known_);
  }
  status.task = task_;
  status.last = last_;
  status.total = total();
  while (!requests_.empty() && requests_.front().first + hours{1} <= moment) {
    requests_.pop_front();
  }
  for (const auto& [when, count] : requests_) {
    status.requests_last_hour += count;
  }
  status.requests_last_hour += under_way_ ? passes_.partial().requests : 0;
  status.error = state == State::failing ? error_ : nullptr;
  callBack([&] { options_.on_status(status); });
}

/// What a callback throws is not taken for an error of the API or the sink.
template <typename Call>
void Follower::callBack(const Call& call) {
  try {
    call();
  } catch (...) {
    reason_ = std::current_exception();
    throw CallbackFailed();
  }
}

}  // namespace heymilo::workflows
