#include "workflows/job/job.hpp"

#include <algorithm>
#include <utility>

namespace heymilo::workflows {

Job::Job(Setup setup)
    : setup_(std::move(setup)),
      membership_(setup_.times, setup_.fresh_id),
      search_(setup_.times, setup_.new_posting),
      intake_(setup_.times, setup_.limits, setup_.first_time) {}

std::optional<JournalRequest> Job::store(const Moment& now) {
  if (over_ || under_way_ || now.time < not_before_) {
    return std::nullopt;
  }
  if (!membership_.inside()) {
    if (finishing() && !intake_.wantsSettling()) {
      over_ = true;  // there is nothing to leave
      return std::nullopt;
    }
    JournalJoin join;
    join.stamp = membership_.begin(now.time);
    join.posting = setup_.posting;
    join.name = setup_.name;
    join.outlast = setup_.times.outlast();
    under_way_ = std::move(join);
    return under_way_;
  }
  if (intake_.wantsSettling()) {
    JournalSettle settle;
    settle.results = intake_.results();
    settling_ = settle.results.size();
    return sendStamped(std::move(settle), now);
  }
  // One after the other: where the store is slow, each is always due.
  if (!std::exchange(claimed_last_, false) && mayClaim(now)) {
    return claim(now);
  }
  if (beatDue(now) || (finishing() && written_)) {  // counts() are to be those at the end
    JournalBeat beat;
    beat.dead = membership_.dead(now.time);
    beat.begun = begun_;
    beat.looked = looked_;
    return sendStamped(std::move(beat), now);
  }
  plan(now);
  if (search_.wantsStore()) {
    under_way_ = search_.request(membership_.next(now.time));
    return under_way_;
  }
  if (finishing()) {
    leaving_ = true;
    return sendStamped(JournalLeave{}, now);
  }
  return mayClaim(now) ? claim(now) : std::nullopt;
}

std::optional<JournalRequest> Job::claim(const Moment& now) {
  claimed_last_ = true;
  JournalClaim claim = intake_.claim(setup_.fresh_id(), now.time);
  claim.sent_at = now.api;
  return sendStamped(std::move(claim), now);
}

template <typename Operation>
std::optional<JournalRequest> Job::sendStamped(Operation operation, const Moment& now) {
  operation.stamp = membership_.next(now.time);
  under_way_ = std::move(operation);
  return under_way_;
}

void Job::responded(const JournalResponse& response, const Moment& now) {
  const JournalRequest request = std::move(*std::exchange(under_way_, std::nullopt));
  failing_since_.reset();
  if (const auto* joined = std::get_if<JournalJoined>(&response)) {
    journal_ = joined->posting;
    if (joined->outcome == JournalOutcome::refused) {
      trouble_ = Trouble::refused;
      stop();
    } else if (accept(joined->outcome)) {
      seen_ = false;
      begun_ = false;
      looked_.reset();
      told_ = false;
    }
  } else if (const auto* view = std::get_if<JournalView>(&response)) {
    if (accept(view->outcome)) {
      // Whoever has adopted it has seen the whole posting.
      begun_ = begun_ || (seen_ && !view_.adopted && view->adopted);
      told_ = std::get<JournalBeat>(request).begun;
      view_ = *view;
      written_ = false;
      seen_ = true;
      next_view_ = now.time + setup_.times.poll;
      membership_.observe(view->others, now.time);
    }
  } else if (const auto* claimed = std::get_if<JournalClaimed>(&response)) {
    const std::string worker = std::get<JournalClaim>(request).stamp.worker;
    if (claimed->outcome == JournalOutcome::good) {
      intake_.claimed(*claimed, worker, now.time);
    } else {
      intake_.notClaimed(false);
      view_.adopted = false;  // or the worker is outside
    }
    accept(claimed->outcome);
  } else if (const auto* settled = std::get_if<JournalSettled>(&response)) {
    written_ = true;
    intake_.settled(std::exchange(settling_, 0), now.time);
    accept(settled->outcome);
  } else if (const auto* doubts = std::get_if<JournalDoubts>(&response)) {
    if (accept(doubts->outcome)) {
      search_.responded(*doubts, now);
      searched();
    }
  } else if (const auto* recognised = std::get_if<JournalRecognised>(&response)) {
    written_ = true;
    if (accept(recognised->outcome)) {
      search_.responded(*recognised, now);
      searched();
    }
  } else if (leaving_) {
    over_ = true;
  } else if (accept(std::get<JournalOutcome>(response))) {
    search_.released();
    searched();
  }
}

void Job::notResponded(const Moment& now) {
  const JournalRequest request = std::move(*std::exchange(under_way_, std::nullopt));
  failing_since_ = failing_since_.value_or(now.time);
  not_before_ = now.time + setup_.times.poll;
  if (std::holds_alternative<JournalClaim>(request)) {
    intake_.notClaimed(true);
  } else if (leaving_) {
    over_ = true;  // others find out
  }
}

void Job::read(RecordId record, KeyedRecord keyed, const Moment& now) {
  intake_.add(record, std::move(keyed), now.time);
}

std::optional<Listing> Job::list(const Moment& now) {
  if (over_ || list_under_way_ || !membership_.inside() || finishing()) {
    return std::nullopt;
  }
  std::optional<Listing> listing = search_.list(now);
  list_under_way_ = listing.has_value();
  return listing;
}

void Job::paged(ListedPage page, const Moment& now) {
  list_under_way_ = false;
  search_.paged(std::move(page), now);
  searched();
}

void Job::notPaged() {
  list_under_way_ = false;
  search_.notPaged();
}

std::optional<Sending> Job::send(const Moment& now) {
  if (over_ || stopped_ || !intake_.wantsSending() ||
      !membership_.maySend(membership_.id(), now.time)) {
    return std::nullopt;
  }
  return intake_.send();
}

void Job::sent(std::uint64_t number, const std::vector<SentRecord>& records, const Moment& now) {
  intake_.sent(number, records, now);
}

void Job::stop() {
  stopped_ = true;
  intake_.stop();
}

/// Begins a search where one is due.
void Job::plan(const Moment& now) {
  if (!seen_ || !search_.idle() || list_under_way_ || finishing()) {
    return;
  }
  if (view_.adopted && !begun_) {
    if (membership_.othersLive(true) && now.api) {
      begun_ = true;  // they would have noticed that it is an older copy
    } else if (membership_.othersLive(true)) {
      search_.startProbe();
      return;
    } else {
      search_.startBeginning(view_.newest, now);
      return;
    }
  }
  const bool doubts = view_.counts.in_doubt > 0 || intake_.waitsForDoubt();
  if ((!view_.adopted || doubts) && now.time >= next_search_) {
    next_search_ = now.time + setup_.times.poll;
    search_.start();
  }
}

/// Nothing is left but to leave.
bool Job::finishing() const {
  if (!intake_.empty()) {
    return false;
  }
  if (stopped_) {
    return true;
  }
  // The last one finds out about what others have left in doubt.
  const bool doubts = view_.adopted && view_.counts.in_doubt > 0;
  return intake_.ended() && seen_ && !(doubts && !membership_.othersLive(false));
}

bool Job::mayClaim(const Moment& now) const {
  return seen_ && view_.adopted && begun_ && !stopped_ && intake_.wantsClaim(now.time);
}

bool Job::beatDue(const Moment& now) const {
  return !seen_ || told_ != begun_ || now.time >= membership_.nextBeat() ||
         (waits() && now.time >= next_view_);
}

/// For what others do.
bool Job::waits() const {
  return !view_.adopted || intake_.parked() > 0 || view_.counts.in_doubt > 0;
}

bool Job::accept(JournalOutcome outcome) {
  membership_.responded(outcome);
  if (!membership_.inside()) {
    intake_.disown(membership_.id());
    search_.abort();
    seen_ = false;
    return false;
  }
  return outcome == JournalOutcome::good;
}

/// The search may have come to its end.
void Job::searched() {
  if (!search_.idle() || search_.end() == Search::End::none) {
    return;
  }
  if (search_.end() == Search::End::unreadable) {
    trouble_ = Trouble::unreadable;
    stop();
  } else if (search_.end() == Search::End::foreign) {
    trouble_ = Trouble::foreign;
    stop();
  }
  if (search_.kind() == Search::Kind::beginning) {
    begun_ = true;
    looked_ = search_.began();
  }
  if (search_.adopted()) {
    begun_ = true;
  }
  if (search_.end() != Search::End::not_mine) {
    seen_ = false;  // what has become of the journal
  }
}

Job::Phase Job::phase() const {
  if (!membership_.inside() || !seen_) {
    return Phase::joining;
  }
  if (!view_.adopted) {
    return Phase::adopting;
  }
  if (search_.waitsUntil()) {
    return Phase::settling;
  }
  return search_.idle() || intake_.sendings() > 0 ? Phase::sending : Phase::looking;
}

JobTime Job::wakeAt(const Moment& now) const {
  JobTime next = search_.waitsUntil().value_or((JobTime::max)());
  if (under_way_) {
    return next;
  }
  JobTime store = membership_.inside() ? membership_.nextBeat() : now.time;
  if (waits()) {
    store = std::min(store, next_view_);
  }
  if (seen_ && view_.adopted && begun_ && !stopped_) {
    store = std::min(store, intake_.nextClaim());
  }
  return std::min(next, std::max(store, not_before_));
}

}  // namespace heymilo::workflows
