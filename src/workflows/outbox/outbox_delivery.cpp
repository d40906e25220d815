#include "workflows/outbox/outbox_delivery.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "heymilo/errors.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/outbox/outbox_run.hpp"

namespace heymilo::workflows {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstRetry{1'000};
constexpr milliseconds kLongestRetry = std::chrono::minutes{5};
constexpr milliseconds kWaitOfStore{30'000};
constexpr milliseconds kWaitWithNewRows{30'000};
constexpr seconds kTelling{10};                        // of rows that wait
constexpr seconds kTurn{10};                           // of a posting, where others wait
constexpr seconds kExpiry = std::chrono::minutes{10};  // how often it is looked for
constexpr std::size_t kMostRetryDoublings = 20;

milliseconds waitAfter(std::size_t failures, milliseconds longest) {
  const std::size_t doublings = std::min(failures == 0 ? 0 : failures - 1, kMostRetryDoublings);
  return std::min(longest, kFirstRetry * (std::int64_t{1} << doublings));
}

}  // namespace

OutboxDelivery::OutboxDelivery(const Client& client, Outbox& outbox, const OutboxOptions& options)
    : client_(client), outbox_(outbox), options_(options), on_stop_(options.stop, [this] {
        stop_.cancel();
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
      }) {}

OutboxResult OutboxDelivery::run() {
  Lock lock(mutex_);
  while (!over()) {
    look(lock);
    if (options_.once && running_ == 0 && !finished_ && store_failures_ == 0) {
      break;
    }
    changed_.wait_until(lock, next_look_, [this] { return finished_ || over(); });
  }
  lock.unlock();
  end();
  lock.lock();
  if (reason_) {
    std::rethrow_exception(reason_);
  }
  result_.stopped = options_.stop.cancelled();
  for (const auto& [id, posting] : postings_) {
    result_.failed += posting.failed ? 1U : 0U;
  }
  return result_;
}

/// With mutex_ held.
bool OutboxDelivery::over() const { return stop_.token().cancelled() || reason_; }

/// Begins what is to be done now.
void OutboxDelivery::look(Lock& lock) {
  const Time now = steady_clock::now();
  next_look_ = now + options_.poll;
  finished_ = false;
  lock.unlock();
  std::vector<OutboxPosting> pending;
  std::exception_ptr error;
  try {
    expire(now);
    pending = outbox_.pending();
  } catch (const StoreError&) {
    error = std::current_exception();
  } catch (...) {
    fail(std::current_exception());  // of the callback
  }
  lock.lock();
  if (error) {
    ++store_failures_;
    next_look_ = steady_clock::now() + waitAfter(store_failures_, kWaitOfStore);
    lock.unlock();
    storeFailed(error);
    lock.lock();
    return;
  }
  store_failures_ = 0;
  std::stable_sort(pending.begin(), pending.end(), [this](const auto& one, const auto& other) {
    return postings_[one.posting_id].begun < postings_[other.posting_id].begun;
  });
  crowded_ = false;
  for (const OutboxPosting& posting : pending) {
    begin(posting, now);
  }
  lock.unlock();
  for (const OutboxPosting& posting : pending) {
    tellWaiting(posting, now);
  }
  lock.lock();
}

/// It may come back, or never.
void OutboxDelivery::storeFailed(const std::exception_ptr& error) {
  try {
    outbox_.requireInPlace();
  } catch (...) {
    fail(std::current_exception());
    return;
  }
  if (options_.once) {
    fail(error);
    return;
  }
  OutboxEvent event;
  event.kind = OutboxEvent::Kind::failed;
  event.error = error;
  event.wait = waitAfter(store_failures_, kWaitOfStore);
  tell(event);
}

void OutboxDelivery::expire(Time now) {
  if (now < next_expiry_) {
    return;
  }
  OutboxEvent event;
  event.kind = OutboxEvent::Kind::expired;
  event.count = outbox_.expire(options_.expire_after);
  next_expiry_ = now + kExpiry;
  if (event.count > 0) {
    tell(event);
  }
}

void OutboxDelivery::tellWaiting(const OutboxPosting& posting, Time now) {
  {
    const std::lock_guard lock(mutex_);
    Posting& state = postings_[posting.posting_id];
    if (state.told != Time() && now < state.told + kTelling) {
      return;
    }
    state.told = now;
  }
  OutboxEvent event;
  event.kind = OutboxEvent::Kind::waiting;
  event.posting_id = posting.posting_id;
  event.count = posting.rows;
  event.oldest = posting.oldest;
  tell(event);
}

/// Where there is room for another one, and it is not to wait. With mutex_ held.
void OutboxDelivery::begin(const OutboxPosting& posting, Time now) {
  Posting& state = postings_[posting.posting_id];
  if (state.running || over()) {
    return;
  }
  Time begins = state.begins;
  if (state.failed && posting.newest > state.newest) {
    begins = std::min(begins, state.failed_at + kWaitWithNewRows);
  }
  if (state.failed && (options_.once || now < begins)) {
    return;
  }
  if (running_ >= options_.postings) {
    crowded_ = true;
    return;
  }
  if (state.thread.joinable()) {
    state.thread.join();  // it has nothing more to do
  }
  try {
    state.thread = std::thread([this, posting] { deliver(posting); });
    state.running = true;
    state.begun = now;
    ++running_;
  } catch (const std::system_error&) {
    state.failed = true;  // it is tried again in a moment; the others go on
  }
}

void OutboxDelivery::end() {
  stop_.cancel();
  std::map<std::string, Posting> postings;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [id, posting] : postings_) {
      postings[id].thread = std::move(posting.thread);
    }
  }
  for (auto& [id, posting] : postings) {
    if (posting.thread.joinable()) {
      posting.thread.join();
    }
  }
}

void OutboxDelivery::deliver(const OutboxPosting& posting) noexcept {
  try {
    try {
      deliverRows(posting);
    } catch (const Error&) {
      failed(posting, std::current_exception());
    }
  } catch (...) {  // of the callback
    fail(std::current_exception());
  }
  const std::lock_guard lock(mutex_);
  postings_[posting.posting_id].running = false;
  --running_;
  finished_ = true;
  changed_.notify_all();
}

/// As long as there are rows, and each run settles all that it has read.
void OutboxDelivery::deliverRows(const OutboxPosting& posting) {
  const Time ends = steady_clock::now() + kTurn;
  const OutboxRun::Tell tell = [this](const OutboxEvent& event) { this->tell(event); };
  const std::shared_ptr<Journal> journal = outbox_.journal();
  bool all = true;
  while (all && !stop_.token().cancelled() && (options_.once || steady_clock::now() < ends)) {
    if (outbox_.pending(posting.posting_id, 0, 1).empty()) {
      break;
    }
    OutboxRun run(client_, outbox_, posting, options_, stop_.token(), tell, crowded_);
    try {
      run.run(journal);
    } catch (...) {
      count(run.counts());
      if (run.settled() > 0) {
        const std::lock_guard lock(mutex_);
        postings_[posting.posting_id].failures = 0;
      }
      throw;
    }
    count(run.counts());
    all = run.settled() == run.read();
  }
  if (!all && !stop_.token().cancelled()) {
    failed(posting, nullptr);  // whether rows arrived is not known yet
    return;
  }
  const std::lock_guard lock(mutex_);
  Posting& state = postings_[posting.posting_id];
  state.failed = false;
  state.failures = 0;
}

void OutboxDelivery::failed(const OutboxPosting& posting, const std::exception_ptr& error) {
  OutboxEvent event;
  event.kind = OutboxEvent::Kind::failed;
  event.posting_id = posting.posting_id;
  event.error = error;
  {
    const std::lock_guard lock(mutex_);
    if (stop_.token().cancelled()) {
      return;
    }
    Posting& state = postings_[posting.posting_id];
    state.failed = true;
    state.newest = std::max(state.newest, posting.newest);
    event.wait = waitAfter(++state.failures, kLongestRetry);
    state.failed_at = steady_clock::now();
    state.begins = state.failed_at + event.wait;
    if (error && !result_.error) {
      result_.error = error;
    }
  }
  tell(event);
}

void OutboxDelivery::count(const OutboxResult& counts) {
  const std::lock_guard lock(mutex_);
  result_.delivered += counts.delivered;
  result_.known += counts.known;
  result_.rejected += counts.rejected;
  result_.changed += counts.changed;
}

/// Ends the delivery; the first reason counts.
void OutboxDelivery::fail(const std::exception_ptr& error) {
  {
    const std::lock_guard lock(mutex_);
    if (!reason_) {
      reason_ = error;
    }
    changed_.notify_all();
  }
  stop_.cancel();
}

void OutboxDelivery::tell(const OutboxEvent& event) {
  if (options_.on_event) {
    const std::lock_guard lock(telling_);
    options_.on_event(event);
  }
}

}  // namespace heymilo::workflows
