#include "workflows/bulk/bulk_run.hpp"

#include <algorithm>
#include <typeinfo>
#include <utility>

#include "base/boot_time.hpp"
#include "heymilo/clock.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/bulk/job_setup.hpp"
#include "workflows/bulk/taken_over.hpp"

// What the thread of run() does: the journal, and the user's callbacks. bulk_helpers.cpp has the
// rest.

namespace heymilo::workflows {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestSleep{1'000};
constexpr milliseconds kShortest{1};

bool isReal(const Clock& clock) {
  const std::shared_ptr<Clock> steady = Clock::steady();
  const Clock& real = *steady;
  return typeid(clock) == typeid(real);
}

std::string_view wordFor(Job::Phase phase) {
  switch (phase) {
    case Job::Phase::joining:
      return "joining";
    case Job::Phase::adopting:
      return "adopting";
    case Job::Phase::looking:
      return "looking";
    case Job::Phase::settling:
      return "settling";
    case Job::Phase::sending:
      break;
  }
  return "sending";
}

}  // namespace

BulkRun::BulkRun(const Client& client, std::string_view posting_id, const BulkSource& source,
                 const BulkIngestOptions& options, std::shared_ptr<Journal> store)
    : client_(client),
      posting_id_(posting_id),
      source_(source),
      options_(options),
      store_(std::move(store)),
      real_time_(isReal(client.clock())),
      rule_(options.key),
      api_clock_(client.clock()),
      control_(client.clock(), options.stop, options.patience),
      sender_(client, posting_id_, options, rule_, api_clock_, control_),
      list_(client, posting_id_, rule_, api_clock_, end_of_lists_.token()),
      job_(jobSetup(client, posting_id_, options,
                    [this](const std::string& key) { return seen_.add(key); })),
      on_stop_(options.stop, [this] {
        const std::lock_guard lock(mutex_);
        something();
      }) {}

Moment BulkRun::moment() const {
  const JobTime time = real_time_ ? bootTime() : JobTime(client_.clock().now().time_since_epoch());
  return {time, api_clock_.now()};
}

BulkIngestResult BulkRun::run() {
  try {
    list_.knows(journals01In(*store_, posting_id_));
    startHelpers();
    work();
    control_.rethrow();
    store_->requireInPlace();  // a later run would find nothing of this one otherwise
    return result();
  } catch (const StoreError& error) {
    const bool refused =
        job_.trouble() == Job::Trouble::refused || job_.trouble() == Job::Trouble::foreign;
    throw StoreError(error.what() + whatWasSent() + (refused ? std::string() : whatToDo()),
                     outcome());
  } catch (const OverloadError& error) {
    throw OverloadError(error.what(), outcome());
  }
}

/// The outcome of an error that does not come from the API. The state of each key is in the
/// journal.
Outcome BulkRun::outcome() const {
  return records_.confirmed() + records_.doubtful() == 0 ? Outcome::not_sent : Outcome::unknown;
}

void BulkRun::work() {
  Lock lock(mutex_);
  while (!abandoned_) {
    const std::uint64_t seen = events_;
    endWhereOver(lock);
    tellRecords(lock);
    if (job_.over()) {
      break;
    }
    const bool operated = operate(lock);
    noteTrouble();
    tellProgress(lock);
    if (!operated) {
      wait(lock, seen);
    }
  }
  lock.unlock();
  endHelpers();
  lock.lock();
  takeFates();
  for (RecordReport& report : records_.resolveRest()) {
    reports_.push_back(std::move(report));
  }
  tellRecords(lock);
  tellProgress(lock);
}

/// Where the run is stopped or has failed, nothing more is begun.
void BulkRun::endWhereOver(Lock& lock) {
  lock.unlock();
  control_.tick();
  lock.lock();
  if (!stopping_ && control_.over()) {
    stopping_ = true;
    job_.stop();
    lock.unlock();
    end_of_lists_.cancel();
    lock.lock();
  }
}

/// Carries out the next operation on the journal, if there is one.
bool BulkRun::operate(Lock& lock) {
  if (!hasBegun()) {
    return false;
  }
  const std::optional<JournalRequest> request = job_.store(moment());
  if (!request) {
    return false;
  }
  lock.unlock();
  std::optional<JournalResponse> response;
  std::exception_ptr error;
  try {
    response = perform(*store_, *request);
  } catch (...) {
    error = std::current_exception();
  }
  lock.lock();
  if (response) {
    joined_ = true;
    job_.responded(*response, moment());
  } else {
    job_.notResponded(moment());
    storeFailed(error);
  }
  work_.notify_all();
  return true;
}

/// A database may come back. A file that can't be used stays so: what SQLite can wait for, it has
/// waited for.
void BulkRun::storeFailed(const std::exception_ptr& error) {
  constexpr std::chrono::seconds kPatience{60};
  const JobTime since = job_.failingSince().value_or(JobTime{0});
  if (options_.store && joined_ && !gave_up_ && moment().time < since + kPatience) {
    return;
  }
  if (!gave_up_) {
    gave_up_ = true;
    try {
      store_->requireInPlace();  // it says what has happened to the file
    } catch (const StoreError&) {
      control_.fail(std::current_exception());
    }
    control_.fail(error);
  } else if (records_.counts().in_flight == 0) {
    abandoned_ = true;  // what came of the last requests was to be written, and can't be
  }
}

void BulkRun::noteTrouble() {
  if (control_.over()) {
    return;
  }
  if (job_.trouble() == Job::Trouble::refused) {
    control_.fail(std::make_exception_ptr(StoreError(
        whyRefused(job_.journal(), {posting_id_, client_.baseUrl(), keyNameOf(rule_.name())}))));
  } else if (job_.trouble() == Job::Trouble::foreign) {
    control_.fail(std::make_exception_ptr(StoreError(whyForeign(list_.foreign()))));
  } else if (job_.trouble() == Job::Trouble::unreadable) {
    control_.fail(list_.unreadable()
                      ? std::make_exception_ptr(DecodeError(*list_.unreadable()))
                      : std::make_exception_ptr(DecodeError("a candidate can't be read", "/data")));
  }
}

void BulkRun::takeFates() {
  for (const RecordFate& fate : job_.fates()) {
    reports_.push_back(records_.resolve(fate));
  }
}

void BulkRun::tellRecords(Lock& lock) {
  takeFates();
  while (!reports_.empty()) {
    std::deque<RecordReport> reports = std::exchange(reports_, {});
    work_.notify_all();  // the source may be read
    if (!options_.on_record) {
      continue;
    }
    lock.unlock();
    try {
      for (const RecordReport& report : reports) {
        options_.on_record(report);
      }
    } catch (...) {
      control_.fail(std::current_exception());
    }
    lock.lock();
  }
}

void BulkRun::tellProgress(Lock& lock) {
  if (!options_.on_progress) {
    return;
  }
  const BulkProgress now = progress();
  lock.unlock();
  try {
    options_.on_progress(now);
  } catch (...) {
    control_.fail(std::current_exception());
  }
  lock.lock();
}

/// A run without records sends nothing.
bool BulkRun::hasBegun() const { return records_.counts().read > 0 || source_over_ || stopping_; }

/// Until there are more than the `seen` events, or something is due.
void BulkRun::wait(Lock& lock, std::uint64_t seen) {
  if (control_.over() != stopping_) {
    return;
  }
  const Moment now = moment();
  const auto longest = std::chrono::duration_cast<JobTime>(kLongestSleep);
  const JobTime due =
      hasBegun() ? std::clamp<JobTime>(job_.wakeAt(now) - now.time, kShortest, longest) : longest;
  const auto happened = [&] { return events_ != seen || !reports_.empty(); };
  sleeps_until_ = now.time + due;
  if (real_time_) {
    changed_.wait_for(lock, due, happened);
  } else if (changed_.wait_for(lock, kShortest, happened) || busy_ > 0) {
    // Another clock is not moved while there is something to do, which takes real time.
  } else {
    Clock& clock = client_.clock();
    clock.wait(lock, changed_, clock.now() + due, happened);
  }
  sleeps_until_ = JobTime{0};
  work_.notify_all();  // a list may be due
}

BulkProgress BulkRun::progress() {
  const OpenRecords::Counts& counts = records_.counts();
  BulkProgress progress;
  progress.read = counts.read;
  progress.ingested = counts.ingested;
  progress.queued = counts.queued;
  progress.known = counts.known;
  progress.changed = counts.changed;
  progress.duplicate = counts.duplicate;
  progress.rejected = counts.rejected;
  progress.unresolved = counts.unresolved;
  progress.in_flight = counts.in_flight;
  progress.in_doubt = counts.in_doubt;
  progress.sent = records_.confirmed() + records_.doubtful();
  progress.requests = sender_.requests() + list_.requests();
  progress.job = job_.counts();
  progress.elapsed = std::chrono::steady_clock::now() - began_;
  progress.phase = job_.over() ? "done" : wordFor(job_.phase());
  if (const std::optional<JobTime> end = job_.waitsUntil()) {
    progress.wait =
        std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(*end - moment().time));
  }
  progress.pause = control_.untilTurn();
  return progress;
}

BulkIngestResult BulkRun::result() {
  const std::lock_guard lock(mutex_);
  const OpenRecords::Counts& counts = records_.counts();
  BulkIngestResult result;
  result.records = counts.read;
  result.ingested = counts.ingested;
  result.queued = counts.queued;
  result.known = counts.known;
  result.changed = counts.changed;
  result.duplicate = counts.duplicate;
  result.rejected = counts.rejected;
  result.unresolved = counts.unresolved;
  result.unsent = counts.unsent;
  result.requests = sender_.requests() + list_.requests();
  result.job = job_.counts();
  result.complete = read_to_end_ && result.unsent == 0 && result.unresolved == 0;
  result.stopped = control_.stopped() && !result.complete;
  return result;
}

std::string BulkRun::whatWasSent() const {
  const std::uint64_t in_doubt = records_.doubtful();
  const std::uint64_t all = records_.confirmed() + in_doubt;
  if (all == 0) {
    return ". This run has sent nothing";
  }
  std::string text = ". This run had sent " + std::to_string(all) +
                     (all == 1 ? " record: " : " records: ") +
                     std::to_string(records_.confirmed()) + " confirmed";
  if (in_doubt != 0) {
    text += ", " + std::to_string(in_doubt) + " in doubt";
  }
  return text;
}

std::string BulkRun::whatToDo() {
  try {
    store_->requireInPlace();
    return ". Fix this and run again with the same journal: records in doubt are looked for in "
           "the posting, and nobody is sent twice";
  } catch (const StoreError&) {
    return ". Put the journal back if you can, and run again. A run with a new journal first takes "
           "over who is in the posting, and nobody is sent twice";
  }
}

}  // namespace heymilo::workflows
