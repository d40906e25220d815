#include <algorithm>
#include <system_error>
#include <utility>

#include "heymilo/errors.hpp"
#include "workflows/bulk/bulk_run.hpp"

// What the helper threads of a run do: each takes whatever is to be done next.

namespace heymilo::workflows {

namespace {

constexpr std::size_t kMostReports = 1'000;  // with so many to be told, no more records are read

/// It may succeed later.
bool isForNow(const Error& error) {
  const auto* status = dynamic_cast<const StatusError*>(&error);
  if (status != nullptr) {
    return status->status() == 408 || status->status() == 425 || status->status() == 429 ||
           status->status() == 499 || status->status() >= 500;
  }
  const auto* connection = dynamic_cast<const ConnectionError*>(&error);
  return dynamic_cast<const TimeoutError*>(&error) != nullptr ||
         (connection != nullptr && !connection->permanent());
}

std::chrono::milliseconds askedFor(const Error& error) {
  const auto* limited = dynamic_cast<const RateLimitError*>(&error);
  return limited != nullptr ? limited->retryAfter().value_or(std::chrono::milliseconds{0})
                            : std::chrono::milliseconds{0};
}

}  // namespace

/// As many as there are things to do in parallel: reading, listing, and sending. Where not all
/// threads can be started, those that have been do all the work.
void BulkRun::startHelpers() {
  const std::size_t count = options_.concurrency + 2;
  helpers_.reserve(count);
  try {
    while (helpers_.size() < count) {
      helpers_.emplace_back([this] { help(); });
    }
  } catch (const std::system_error&) {
    if (helpers_.empty()) {
      throw OverloadError("the system has no thread left for sending");
    }
  }
}

void BulkRun::endHelpers() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    work_.notify_all();
  }
  end_of_lists_.cancel();
  for (std::thread& helper : std::exchange(helpers_, {})) {
    helper.join();
  }
}

void BulkRun::help() {
  Lock lock(mutex_);
  while (!over_) {
    if (control_.over()) {
      work_.wait(lock);  // for the end
      continue;
    }
    const Moment now = moment();
    if (const std::optional<Listing> listing = job_.list(now)) {
      readList(lock, *listing);
    } else if (const std::optional<Sending> sending = job_.send(now)) {
      sendOne(lock, *sending);
    } else if (mayRead()) {
      readSource(lock);
    } else {
      work_.wait(lock);
    }
  }
}

/// Something has happened that the thread of run() and the other helpers wait for.
void BulkRun::something() {
  ++events_;
  changed_.notify_all();
  work_.notify_all();
}

void BulkRun::readList(Lock& lock, const Listing& listing) {
  ++busy_;
  const bool failed = list_failed_;
  lock.unlock();
  std::optional<ListedPage> page;
  try {
    if (failed) {
      control_.waitForTurn();
    }
    if (!control_.over()) {
      page = list_.read(listing);
    }
  } catch (const CancelledError&) {
    // The client may have a cancellation of its own: see Client::withOptions().
    if (!end_of_lists_.token().cancelled()) {
      control_.fail(std::current_exception());
    }
  } catch (const Error& error) {
    if (isForNow(error)) {
      control_.failedForNow(askedFor(error));
    } else {
      control_.fail(std::current_exception());
    }
  } catch (...) {
    control_.fail(std::current_exception());
  }
  lock.lock();
  --busy_;
  list_failed_ = !page;
  if (page) {
    job_.paged(std::move(*page), moment());
  } else {
    job_.notPaged();
  }
  something();
}

/// To be asked before each attempt, and again when it is connected.
bool BulkRun::maySend(const std::string& worker) {
  {
    const std::lock_guard lock(mutex_);
    if (!job_.maySend(worker, moment().time)) {
      return false;
    }
  }
  try {
    store_->requireInPlace();
    return true;
  } catch (...) {
    control_.fail(std::current_exception());
    return false;
  }
}

void BulkRun::sendOne(Lock& lock, const Sending& sending) {
  ++busy_;
  Chunk chunk = records_.take(sending);
  lock.unlock();
  sender_.send(
      std::move(chunk),
      [&] { return maySend(sending.worker); },
      [&](Chunk part, const std::vector<SentRecord>& sent, const BulkSender::Reasons& reasons) {
        const std::lock_guard guard(mutex_);
        for (const auto& [record, reason] : reasons) {
          records_.note(record, reason);
        }
        records_.putBack(std::move(part), sent);
        job_.sent(sending.number, sent, moment());
        something();
      });
  lock.lock();
  --busy_;
  something();
}

bool BulkRun::mayRead() const {
  return !reading_ && !source_over_ && !stopping_ && reports_.size() < kMostReports &&
         job_.wantsRecord();
}

void BulkRun::readSource(Lock& lock) {
  ++busy_;
  while (mayRead() && !over_) {
    reading_ = true;
    try {
      source_over_ = !readRecord(lock);
    } catch (...) {
      if (!lock.owns_lock()) {
        lock.lock();
      }
      control_.fail(std::current_exception());
      source_over_ = true;  // it is not asked again
    }
    reading_ = false;
  }
  --busy_;
  something();
}

/// False at the end of the source.
bool BulkRun::readRecord(Lock& lock) {
  lock.unlock();
  std::optional<BulkRecord> record = source_();
  IdentifiedRecord identified;
  if (record) {
    if (record->problem) {
      identified.problem = std::move(record->problem);
    } else {
      identified = record->key ? rule_.identify(record->request, *record->key)
                               : rule_.identify(record->request);
    }
  }
  lock.lock();
  if (!record) {
    if (!options_.stop.cancelled()) {
      job_.sourceEnded();
      read_to_end_ = true;
    }
    return false;
  }
  if (identified.problem) {
    reports_.push_back(records_.reject(record->line, std::move(*identified.problem)));
  } else {
    const Moment now = moment();
    const RecordId id = records_.add(std::move(record->request), record->line);
    job_.read(id, {std::move(identified.key), std::move(identified.content)}, now);
    takeFates();  // of a duplicate
    if (reports_.empty() && sleeps_until_ <= job_.wakeAt(now)) {
      return true;
    }
  }
  ++events_;
  changed_.notify_all();
  return true;
}

}  // namespace heymilo::workflows
