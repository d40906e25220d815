#include "workflows/bulk/bulk_sender.hpp"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

#include "heymilo/workflows/store_error.hpp"
#include "workflows/bulk/culprits.hpp"
#include "workflows/bulk/receipts.hpp"

namespace heymilo::workflows {

namespace {

/// Statuses that may be about a single record.
bool isAboutRecords(int status) { return status == 400 || status == 413 || status == 422; }

/// Refusals that may be over with the next attempt.
bool isForNow(int status) { return status == 425 || status == 429; }

/// Trying again meets the same failure, as with an invalid URL of a proxy.
bool isPermanent(const Error& error) {
  const auto* connection = dynamic_cast<const ConnectionError*>(&error);
  return connection != nullptr && connection->permanent() && error.outcome() == Outcome::not_sent;
}

bool isCancelled(const Error& error) {
  return dynamic_cast<const CancelledError*>(&error) != nullptr;
}

std::chrono::milliseconds askedFor(const StatusError& error) {
  const auto* limited = dynamic_cast<const RateLimitError*>(&error);
  return limited != nullptr ? limited->retryAfter().value_or(std::chrono::milliseconds{0})
                            : std::chrono::milliseconds{0};
}

std::vector<std::uint64_t> indexesOf(const std::vector<JournalRecord>& records) {
  std::vector<std::uint64_t> indexes;
  indexes.reserve(records.size());
  for (const JournalRecord& record : records) {
    indexes.push_back(record.index);
  }
  return indexes;
}

}  // namespace

BulkSender::BulkSender(const Client& client, const std::string& posting_id,
                       const BulkIngestOptions& options, Journal& journal, ApiClock& api_clock,
                       RecordFeed& feed, RunControl& control)
    : client_(client),
      posting_id_(posting_id),
      options_(options),
      journal_(journal),
      api_clock_(api_clock),
      feed_(feed),
      control_(control) {}

void BulkSender::run(const std::function<void()>& meanwhile) {
  working_ = options_.concurrency;
  std::vector<std::thread> workers;
  const auto join_all = [&] {
    for (std::thread& worker : workers) {
      worker.join();
    }
  };
  try {
    startWorkers(workers);
    while (working_ > 0) {
      control_.tick();
      meanwhile();
    }
  } catch (...) {
    control_.fail(std::current_exception());
    join_all();
    throw;
  }
  join_all();
}

/// Where not all threads can be started, those that have been do all the work.
void BulkSender::startWorkers(std::vector<std::thread>& workers) {
  workers.reserve(options_.concurrency);
  try {
    while (workers.size() < options_.concurrency) {
      workers.emplace_back([this] {
        work();
        --working_;
        control_.wake();
      });
    }
  } catch (const std::system_error&) {
    if (workers.empty()) {
      throw OverloadError("the system has no thread left for sending");
    }
    working_ -= options_.concurrency - workers.size();
  }
}

void BulkSender::work() {
  try {
    while (!control_.over() && !paused()) {
      Chunk chunk = feed_.next();
      if (chunk.empty()) {
        return;
      }
      send(std::move(chunk));
    }
  } catch (...) {
    control_.fail(std::current_exception());
  }
}

void BulkSender::send(Chunk chunk) {
  control_.waitForTurn();
  if (control_.over()) {
    feed_.giveBack(std::move(chunk));  // so that it counts as not sent
    return;
  }
  const Clock::TimePoint now = client_.clock().now();
  const std::optional<Timestamp> api_time = api_clock_.at(now);
  const std::vector<std::uint64_t> refused = journal_.begin(chunk.records(), api_time);
  chunk.keepIf([&](std::size_t place) {
    const std::uint64_t index = chunk.records()[place].index;
    return std::find(refused.begin(), refused.end(), index) == refused.end();
  });
  if (!api_time) {
    const std::lock_guard lock(mutex_);
    undated_.push_back({indexesOf(chunk.records()), now});
  }

  std::vector<Chunk> parts;  // the next one last
  parts.push_back(std::move(chunk));
  while (!parts.empty()) {
    Chunk part = std::move(parts.back());
    parts.pop_back();
    if (part.empty()) {
      continue;
    }
    control_.waitForTurn();
    if (control_.over()) {
      journal_.setUnsent(part.records());
      continue;
    }
    requireJournal(part, parts);
    try {
      std::vector<Chunk> next = attempt(std::move(part));
      std::move(next.rbegin(), next.rend(), std::back_inserter(parts));
    } catch (const StoreError&) {
      throw;  // nothing can be stored any more
    } catch (const Error&) {
      for (const Chunk& waiting : parts) {
        journal_.setUnsent(waiting.records());
      }
      throw;
    }
    control_.wake();
  }
}

void BulkSender::requireJournal(const Chunk& part, const std::vector<Chunk>& waiting) {
  try {
    journal_.requireInPlace();
  } catch (const StoreError&) {
    try {  // for what can be saved of the journal
      journal_.setUnsent(part.records());
      for (const Chunk& other : waiting) {
        journal_.setUnsent(other.records());
      }
    } catch (const StoreError&) {  // then they are in doubt
    }
    throw;
  }
}

std::vector<Chunk> BulkSender::attempt(Chunk part) {
  std::vector<Chunk> next;
  const std::size_t size = part.size();
  carry(size);
  try {
    deliver(part);
    arrived(size);
    control_.succeeded();
  } catch (const StoreError&) {
    throw;  // of what was sent: it is not an error of the call
  } catch (const InvalidArgumentError& error) {
    returned(size);
    const auto culprit = culpritOf(error, part.size());
    if (!culprit) {
      journal_.setUnsent(part.records());
      throw;
    }
    journal_.setRejected({{part.records()[culprit->first], culprit->second}});
    part.keepIf([&](std::size_t place) { return place != culprit->first; });
    next.push_back(std::move(part));
  } catch (const StatusError& error) {
    api_clock_.hear(error.headers());
    if (!error.mayHaveArrived()) {
      returned(size);
    }
    if (isAboutRecords(error.status())) {
      control_.succeeded();
      next = refused(std::move(part), error);
    } else if (isForNow(error.status())) {
      control_.failedForNow(askedFor(error));
      next.push_back(std::move(part));
    } else if (error.outcome() == Outcome::rejected) {
      journal_.setUnsent(part.records());
      throw;
    } else {
      control_.failedForNow();
      putInDoubt(std::move(part), true);
    }
  } catch (const Error& error) {
    // The client may have a cancellation of its own: see Client::withOptions().
    const bool ends = isPermanent(error) || (isCancelled(error) && !control_.abandon().cancelled());
    if (!ends) {
      control_.failedForNow();
    }
    if (error.outcome() != Outcome::not_sent) {
      putInDoubt(std::move(part), false);
    } else {
      returned(size);
      if (ends) {
        journal_.setUnsent(part.records());
      } else {
        next.push_back(std::move(part));
      }
    }
    if (ends) {
      throw;
    }
  }
  return next;
}

void BulkSender::deliver(const Chunk& part) {
  RequestOptions options;
  options.cancellation = control_.abandon();
  options.priority = Priority::bulk;
  ++requests_;
  if (options_.async) {
    const auto response = client_.ingestCandidatesBulkAsync(posting_id_, part.request(), options);
    api_clock_.hear(response.http.headers);
    requests_ += static_cast<std::uint64_t>(response.http.attempts - 1);
    journal_.setQueued(part.records(), response.data.ingestion_id);
  } else {
    auto response = client_.ingestCandidatesBulk(posting_id_, part.request(), options);
    api_clock_.hear(response.http.headers);
    requests_ += static_cast<std::uint64_t>(response.http.attempts - 1);
    journal_.setIngested(receiptsOf(part, std::move(response.data), options_.mark),
                         api_clock_.now());
  }
}

std::vector<Chunk> BulkSender::refused(Chunk part, const StatusError& error) {
  std::vector<Chunk> next;
  const auto culprits = culpritsOf(error, part.size());
  if (!culprits.empty()) {
    std::vector<Journal::Refusal> refusals;
    refusals.reserve(culprits.size());
    for (const auto& [place, detail] : culprits) {
      refusals.push_back({part.records()[place], detail});
    }
    journal_.setRejected(refusals);
    part.keepIf([&](std::size_t place) { return culprits.count(place) == 0; });
    next.push_back(std::move(part));
  } else if (part.size() > 1) {
    auto [first, second] = part.halve();
    next.push_back(std::move(first));
    next.push_back(std::move(second));
  } else {
    const APIError& reason = error.error();
    journal_.setRejected({{part.records().front(), {reason.code, reason.message, reason.param}}});
  }
  return next;
}

void BulkSender::putInDoubt(Chunk part, bool failed_in_the_api) {
  const std::lock_guard lock(mutex_);
  last_doubt_ = client_.clock().now();
  doubtful_.push_back({std::move(part), failed_in_the_api});
}

std::optional<Clock::TimePoint> BulkSender::lastDoubt() const {
  const std::lock_guard lock(mutex_);
  return last_doubt_;
}

void BulkSender::dateSendings() {
  if (api_clock_.contradictory()) {
    journal_.forgetSentAt();
  }
  const std::lock_guard lock(mutex_);
  for (const Undated& sending : std::exchange(undated_, {})) {
    if (const std::optional<Timestamp> sent = api_clock_.at(sending.sent)) {
      journal_.setSentAt(sending.indexes, *sent);
    }
  }
}

void BulkSender::carry(std::size_t records) {
  const std::lock_guard lock(mutex_);
  sent_.in_doubt += records;
}

void BulkSender::arrived(std::size_t records) {
  const std::lock_guard lock(mutex_);
  sent_.in_doubt -= records;
  sent_.taken += records;
}

void BulkSender::returned(std::size_t records) {
  const std::lock_guard lock(mutex_);
  sent_.in_doubt -= records;
}

void BulkSender::reconciled(std::size_t found) {
  const std::lock_guard lock(mutex_);
  sent_.in_doubt = 0;
  sent_.taken += found;
}

BulkSender::Sent BulkSender::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

bool BulkSender::paused() const {
  // Listing the posting costs about as many requests, however much is in doubt. But what is in
  // doubt is held in memory.
  const std::lock_guard lock(mutex_);
  return doubtful_.size() >= 2 * options_.concurrency;
}

std::vector<BulkSender::Doubt> BulkSender::takeDoubtful() {
  const std::lock_guard lock(mutex_);
  return std::exchange(doubtful_, {});
}

}  // namespace heymilo::workflows
