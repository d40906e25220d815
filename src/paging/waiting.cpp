#include "paging/waiting.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/api_limits.hpp"
#include "heymilo/pagination.hpp"
#include "paging/page_source.hpp"
#include "paging/second_reading.hpp"
#include "types/clock.hpp"

namespace heymilo {

struct WaitTimeoutError::Details {
  std::vector<CandidateResponse> reached;
  std::vector<std::string> pending;
};

WaitTimeoutError::WaitTimeoutError(const std::string& message,
                                   std::vector<CandidateResponse> reached,
                                   std::vector<std::string> pending)
    : TimeoutError(message),
      details_(std::make_shared<const Details>(Details{std::move(reached), std::move(pending)})) {}
WaitTimeoutError::~WaitTimeoutError() = default;

const std::vector<CandidateResponse>& WaitTimeoutError::reached() const noexcept {
  return details_->reached;
}
const std::vector<std::string>& WaitTimeoutError::pending() const noexcept {
  return details_->pending;
}

bool isListed(const CandidateResponse& /*candidate*/) noexcept { return true; }

bool hasFinalStatus(const CandidateResponse& candidate) noexcept {
  return isFinal(candidate.status);
}

CandidateKey metadataKey(std::string name) {
  return [name = std::move(name)](const CandidateResponse& candidate) {
    if (!candidate.metadata) {
      return std::string();
    }
    const auto entry = candidate.metadata->find(name);
    return entry == candidate.metadata->end() ? std::string() : entry->second;
  };
}

namespace detail {

namespace {

/// A part of the list by creation time. Empty bounds: as far as it goes.
struct Window {
  std::optional<Timestamp> from{}, to{};
};

Timestamp secondOf(Timestamp moment) { return std::chrono::floor<std::chrono::seconds>(moment); }

/// The seconds from `first` to `last` and one more on either side, since the API may compare or
/// round fractions of a second in any way.
Window windowOf(Timestamp first, Timestamp last) {
  constexpr std::chrono::seconds kSecond{1};
  return {secondOf(first) - kSecond, secondOf(last) + 2 * kSecond};
}

class Wait {
 public:
  Wait(const WaitPageLoader& load, Clock& clock, const std::vector<std::string>& keys,
       const CandidatePredicate& state, const WaitOptions& how, const RequestOptions& options)
      : load_(load), clock_(clock), keys_(keys), state_(state), how_(how), options_(options) {
    if (options.total_timeout) {
      deadline_ = later(clock.now(), *options.total_timeout);
    }
    deadline_ = (std::min)(deadline_, options.deadline.value_or(deadline_));
    for (const std::string& key : keys) {
      if (key.empty()) {
        throw InvalidArgumentError("keys", "must not contain an empty key");
      }
      pending_.emplace(key, Seen{});
    }
  }

  std::vector<CandidateResponse> run() {
    auto interval = how_.initial_interval;
    while (!pending_.empty()) {
      const std::size_t before = requests_;
      try {
        look();
      } catch (const WaitTimeoutError&) {
        throw;
      } catch (const TimeoutError& error) {
        giveUp(error.what());
      }
      if (pending_.empty()) {
        break;
      }
      const auto least = how_.initial_interval * static_cast<int>(requests_ - before);
      pause((std::max)(interval, least), least);
      interval = (std::min)(interval + interval / 2, how_.max_interval);
    }
    std::vector<CandidateResponse> all;
    all.reserve(keys_.size());
    for (const std::string& key : keys_) {  // may contain duplicates
      all.push_back(reached_.at(key));
    }
    return all;
  }

 private:
  /// The state of a candidate that has not reached the goal.
  struct Seen {
    bool in_list = false;
    std::optional<Timestamp> created_at{};
    bool in_this_look = false;
  };

  /// Reads the parts of the list that contain all pending candidates.
  void look() {
    unmet_ = pending_.size();
    unidentified_.reset();
    for (auto& [key, seen] : pending_) {
      seen.in_this_look = false;
    }
    const std::vector<Window> windows = windowsToRead();
    const std::size_t before = requests_;
    for (const Window& window : windows) {
      read(window);
    }
    if (windows.size() == 1) {
      walk_requests_ = requests_ - before;
    }
    for (auto& [key, seen] : pending_) {
      if (!seen.in_this_look && unidentified_) {  // it may be the unreadable candidate
        throw DecodeError(*unidentified_);
      }
      if (!seen.in_this_look) {  // deleted, or never there: the next pass searches the whole list
        seen = Seen{};
      }
    }
  }

  /// Candidates found before are searched for at their creation time, second by second, if that
  /// takes fewer requests than a pass over the candidates in between. Otherwise the whole range is
  /// read.
  std::vector<Window> windowsToRead() const {
    std::set<Timestamp> times_to_read;
    for (const auto& [key, seen] : pending_) {
      if (!seen.created_at) {
        Window all;
        if (how_.created_after) {
          all.from = how_.created_after->floor();
        }
        return {all};
      }
      times_to_read.insert(secondOf(*seen.created_at));
    }
    std::vector<Window> windows;
    if (times_to_read.size() < walk_requests_) {
      for (const Timestamp second : times_to_read) {
        windows.push_back(windowOf(second, second));
      }
    } else {
      windows.push_back(windowOf(*times_to_read.begin(), *times_to_read.rbegin()));
    }
    return windows;
  }

  /// Reads a window until all pending candidates have been found or it ends.
  void read(const Window& window) {
    ListCandidatesParams of_window;
    of_window.limit = api_limits::kMaxPage;
    of_window.created_after = window.from;
    of_window.created_before = window.to;
    CandidateRange candidates(
        [&](const ListCandidatesParams& params, const CancellationToken& /*of the range*/) {
          return load(params);
        },
        of_window);
    candidates.prefetch(false).onUnreadable(
        [this](const UnreadableCandidate& candidate) { meet(candidate); });
    for (auto candidate = candidates.begin(); candidate != candidates.end(); ++candidate) {
      meet(*candidate);
      if (unmet_ == 0) {
        return;
      }
    }
  }

  CandidatePage load(const ListCandidatesParams& params) {
    const auto count = [this](const ResponseInfo& http) {
      requests_ += static_cast<std::size_t>((std::max)(http.attempts, 1));
    };
    try {
      CandidatePage page = load_(params, request());
      count(page.http);
      return page;
    } catch (const DecodeError& error) {
      count(error.http());
      throw;
    }
  }

  /// An unreadable candidate is in no state. This is an error if it is, or may be, one of those
  /// waited for.
  void meet(const UnreadableCandidate& candidate) {
    const std::string key = how_.key ? how_.key(readablePart(candidate))
                                     : candidate.interview_id.value_or(std::string());
    if (pending_.count(key) != 0) {
      throw DecodeError(candidate.error);
    }
    if (how_.key ? key.empty() && !knownPartReadable(candidate) : key.empty()) {
      unidentified_ = candidate.error;
    }
  }

  void meet(CandidateResponse& candidate) {
    const auto found = pending_.find(how_.key ? how_.key(candidate) : candidate.interview_id);
    if (found == pending_.end()) {
      return;
    }
    Seen& seen = found->second;
    if (!seen.in_this_look) {
      --unmet_;
    }
    seen = {true, candidate.created_at, true};
    if (state_(candidate)) {
      reached_.emplace(found->first, std::move(candidate));
      pending_.erase(found);
    }
  }

  bool hasDeadline() const { return deadline_ != (Clock::TimePoint::max)(); }

  RequestOptions request() const {
    RequestOptions options = options_;
    if (hasDeadline()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - clock_.now());
      if (left.count() <= 0) {
        giveUp("the deadline has passed");
      }
      options.total_timeout = left;
    }
    return options;
  }

  /// Waits until the next pass: less than an interval if the deadline is earlier, but at least
  /// `least`, with an interval left for the pass.
  void pause(std::chrono::milliseconds time, std::chrono::milliseconds least) {
    const Clock::TimePoint now = clock_.now();
    if (hasDeadline()) {
      const auto left = std::chrono::floor<std::chrono::milliseconds>(deadline_ - now);
      time = (std::min)(time, left - how_.initial_interval);
      if (time < least) {
        giveUp("the deadline is before the next pass");
      }
    }
    if (!waitUntil(clock_, later(now, time), options_.cancellation)) {
      throw CancelledError("waiting for candidates: cancelled", Outcome::not_sent);
    }
  }

  [[noreturn]] void giveUp(const std::string& reason) const {
    std::vector<std::string> pending;
    std::size_t unknown = 0;
    for (const std::string& key : keys_) {
      const auto found = pending_.find(key);
      if (found != pending_.end()) {
        pending.push_back(key);
        unknown += found->second.in_list ? 0U : 1U;
      }
    }
    std::vector<CandidateResponse> reached;
    for (const auto& [key, candidate] : reached_) {
      reached.push_back(candidate);
    }
    const std::string message = "waiting for candidates: " + std::to_string(pending.size()) +
                                " of " + std::to_string(keys_.size()) + " not in the state (" +
                                std::to_string(unknown) + " not in the list) after " +
                                std::to_string(requests_) + " requests: " + reason;
    throw WaitTimeoutError(message, std::move(reached), std::move(pending));
  }

  const WaitPageLoader& load_;
  Clock& clock_;
  const std::vector<std::string>& keys_;
  const CandidatePredicate& state_;
  const WaitOptions& how_;
  const RequestOptions& options_;
  Clock::TimePoint deadline_ = (Clock::TimePoint::max)();

  std::map<std::string, Seen> pending_;
  std::map<std::string, CandidateResponse> reached_;
  std::size_t requests_ = 0;
  std::size_t walk_requests_ = 0;            // of the latest pass that was one walk
  std::size_t unmet_ = 0;                    // pending candidates not found in this pass
  std::optional<DecodeError> unidentified_;  // of a candidate in this pass without a readable key
};

}  // namespace

std::vector<CandidateResponse> waitForCandidates(const WaitPageLoader& load, Clock& clock,
                                                 const std::vector<std::string>& keys,
                                                 const CandidatePredicate& state,
                                                 const WaitOptions& how,
                                                 const RequestOptions& options) {
  if (how.initial_interval.count() <= 0) {
    throw InvalidArgumentError("initial_interval", "must be greater than 0");
  }
  if (how.max_interval < how.initial_interval) {
    throw InvalidArgumentError("max_interval", "must not be less than initial_interval");
  }
  if (!state) {
    throw InvalidArgumentError("state", "must be set");
  }
  return Wait(load, clock, keys, state, how, options).run();
}

}  // namespace detail

}  // namespace heymilo
