#include "workflows/job/search.hpp"

#include <algorithm>
#include <utility>

namespace heymilo::workflows {

namespace {

/// A Date is to the second, and as old as its response took.
constexpr std::chrono::minutes kDateIsBehind{2};

std::optional<Timestamp> before(std::optional<Timestamp> time, std::chrono::milliseconds margin) {
  if (!time || *time - margin <= Timestamp()) {
    return std::nullopt;
  }
  return *time - margin;
}

}  // namespace

void Search::startBeginning(std::optional<Timestamp> newest, const Moment& now) {
  kind_ = Kind::beginning;
  end_ = End::none;
  adopted_ = false;
  sought_.clear();
  looks_ = 0;
  taken_ = now.time;
  began_.reset();
  look(before(newest, times_.margin));
}

void Search::startProbe() {
  kind_ = Kind::beginning;
  end_ = End::none;
  adopted_ = false;
  began_.reset();
  first_page_ = true;
  probing_ = true;
  state_ = State::to_list;
}

void Search::start() {
  kind_ = Kind::doubts;
  end_ = End::none;
  adopted_ = false;
  state_ = State::asking;
}

std::optional<JobTime> Search::waitsUntil() const {
  return state_ == State::waiting ? std::optional(wait_until_) : std::nullopt;
}

std::optional<JournalRequest> Search::request(const JournalStamp& stamp) const {
  switch (state_) {
    case State::asking:
      return JournalSearch{stamp};
    case State::recognising:
      return JournalShown{stamp, page_.shown};
    case State::releasing: {
      JournalRelease release = release_;
      release.stamp = stamp;
      return release;
    }
    default:
      return std::nullopt;
  }
}

void Search::responded(const JournalDoubts& doubts, const Moment& now) {
  if (!doubts.mine) {
    finish(End::not_mine);
    return;
  }
  taken_ = now.time;
  looks_ = 0;
  adoption_ = doubts.adoption;
  sought_.clear();
  unresolved_.clear();
  agreeing_.clear();
  disagreeing_.clear();
  if (!adoption_.empty()) {
    // The API's time at its beginning is needed, and an error is to come before the wait.
    probing_ = true;
    first_page_ = true;
    trusting_ = new_posting_ && doubts.fresh;
    const JobTime others =
        doubts.alone ? JobTime(0) : JobTime(std::max(times_.outlast(), doubts.outlast));
    wait_until_ = now.time + others + times_.settled(true);
    state_ = State::to_list;
    return;
  }
  for (const KeyInDoubt& doubt : doubts.doubts) {
    sought_[doubt.key] = {doubt, !doubt.async};
  }
  if (sought_.empty()) {
    release({}, {});
    return;
  }
  look(firstFrom(doubts, now));
}

void Search::responded(const JournalRecognised& recognised, const Moment& now) {
  unknown_ += recognised.unknown;
  queue_ = recognised.queue;
  for (const TimeComparison& both : recognised.comparisons) {
    // A candidate is created before its receipt arrives. The time between the two is the most by
    // which the Date headers may be ahead of the clock of created_at. The margin is for that: half
    // of it for this moment, the other half since the difference may change.
    const bool agrees = both.created_at >= both.received_at - times_.margin / 2;
    (agrees ? agreeing_ : disagreeing_).insert(both.owner);
  }
  for (const ShownKey& key : page_.shown) {
    sought_.erase(key.key);
    unresolved_.erase(key.key);
  }
  const bool found_all = kind_ == Kind::doubts && adoption_.empty() && sought_.empty();
  if (found_all && unresolved_.empty()) {
    release({}, {});  // nothing is left to look for
  } else if (page_.last) {
    lookedAround(now);
  } else {
    state_ = State::to_list;
  }
}

void Search::released() {
  adopted_ = !release_.adoption.empty();
  finish(end_ == End::none ? End::done : end_);
}

std::optional<Listing> Search::list(const Moment& now) {
  if (state_ == State::waiting && now.time >= wait_until_) {
    // Times that nothing has proven are good enough for finding, not for freeing.
    const bool whole = kind_ == Kind::doubts && (!adoption_.empty() || !timesAreProven());
    look(whole ? std::nullopt : from_);
  }
  if (state_ != State::to_list) {
    return std::nullopt;
  }
  state_ = State::listing;
  return Listing{first_page_, probing_, probing_ ? std::nullopt : from_};
}

void Search::paged(ListedPage page, const Moment& now) {
  if (state_ != State::listing) {
    return;  // it was aborted
  }
  if (probing_) {
    probing_ = false;
    if (kind_ == Kind::beginning) {
      finish(End::done);
      return;
    }
    began_ = now.api;
    if (trusting_ && !page.anybody) {
      release({}, {});
    } else if (page.foreign > 0) {  // before the wait
      refuseToAdopt(End::foreign);
    } else {
      state_ = State::waiting;
    }
    return;
  }
  if (kind_ == Kind::beginning && looks_ == 1 && first_page_ && now.api) {
    began_ = *now.api - std::chrono::ceil<std::chrono::microseconds>(now.time - taken_);
  }
  first_page_ = false;
  unreadable_ += page.unreadable;
  foreign_ += page.foreign;
  page_ = std::move(page);
  state_ = State::recognising;
}

void Search::notPaged() {
  if (state_ == State::listing) {
    state_ = State::to_list;
  }
}

void Search::look(std::optional<Timestamp> from) {
  ++looks_;
  from_ = from;
  first_page_ = true;
  probing_ = false;
  unknown_ = 0;
  unreadable_ = 0;
  foreign_ = 0;
  state_ = State::to_list;
}

/// A look has come to its end.
void Search::lookedAround(const Moment& now) {
  if (kind_ == Kind::beginning) {
    if (looks_ == 1 && unknown_ + unreadable_ > 0) {
      wait_until_ = taken_ + times_.outlast() + times_.settled(true);
      state_ = State::waiting;
    } else {
      finish(End::done);
    }
  } else if (!adoption_.empty()) {
    if (unreadable_ > 0 || foreign_ > 0) {
      refuseToAdopt(unreadable_ > 0 ? End::unreadable : End::foreign);
    } else {
      release({}, {});
    }
  } else {
    sift(now);
  }
}

/// Others may search, but nobody claims.
void Search::refuseToAdopt(End end) {
  adoption_.clear();
  end_ = end;
  release({}, {});
}

/// What a look has not shown, of the keys in doubt.
void Search::sift(const Moment& now) {
  bool later = looks_ == 1;
  for (auto sought = sought_.begin(); sought != sought_.end();) {
    auto& [doubt, passable] = sought->second;
    if (!passable && passed(doubt)) {
      // This look began before that was known: the settling time is still to pass.
      passable = true;
      later = true;
    } else if (!passable && looks_ > 1) {
      unresolved_[sought->first] = std::move(doubt);
      sought = sought_.erase(sought);
      continue;
    }
    ++sought;
  }
  if (later) {
    wait_until_ = (anyAsync() ? now.time : taken_) + times_.settled(anyAsync());
    state_ = State::waiting;
    return;
  }
  if (unreadable_ > 0 && !sought_.empty()) {
    end_ = End::unreadable;
    release({}, {});
    return;
  }
  std::vector<KeyInDoubt> free;
  for (auto& [key, sought] : sought_) {
    free.push_back(std::move(sought.doubt));
  }
  std::vector<KeyInDoubt> unresolved;
  for (auto& [key, doubt] : unresolved_) {
    unresolved.push_back(std::move(doubt));
  }
  release(std::move(free), std::move(unresolved));
}

void Search::release(std::vector<KeyInDoubt> free, std::vector<KeyInDoubt> unresolved) {
  release_ = {};
  release_.free = std::move(free);
  release_.unresolved = std::move(unresolved);
  release_.adoption = adoption_;
  release_.began = began_;
  state_ = State::releasing;
}

/// The queue is past the key, as far as the journal can tell.
bool Search::passed(const KeyInDoubt& doubt) const {
  if (times_.queue && !queue_.oldest_unshown) {
    return true;
  }
  return doubt.doubted > 0 && (!queue_.oldest_unshown || *queue_.oldest_unshown > doubt.doubted) &&
         queue_.newest_shown && *queue_.newest_shown > doubt.doubted;
}

bool Search::timesAreProven() const {
  return disagreeing_.empty() &&
         std::all_of(sought_.begin(), sought_.end(), [this](const auto& sought) {
           return agreeing_.count(sought.second.doubt.owner) != 0;
         });
}

std::optional<Timestamp> Search::firstFrom(const JournalDoubts& doubts, const Moment& now) const {
  std::optional<Timestamp> oldest;
  if (anyAsync() && doubts.queued > 0) {  // what has become of these tells of the queue
    oldest = doubts.queued_since;
    if (!oldest) {
      return std::nullopt;
    }
  }
  for (const auto& [key, sought] : sought_) {
    const std::optional<Timestamp>& sent = sought.doubt.sent_at;
    if (!sent || !now.api || *sent > *now.api + kDateIsBehind) {
      return std::nullopt;
    }
    oldest = std::min(oldest.value_or(*sent), *sent);
  }
  return before(oldest, times_.margin);
}

bool Search::anyAsync() const {
  return std::any_of(
      sought_.begin(), sought_.end(), [](const auto& sought) { return sought.second.doubt.async; });
}

void Search::finish(End end) {
  end_ = end;
  state_ = State::idle;
}

}  // namespace heymilo::workflows
