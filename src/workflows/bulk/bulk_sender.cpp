#include "workflows/bulk/bulk_sender.hpp"

#include <algorithm>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "heymilo/workflows/store_error.hpp"
#include "workflows/bulk/culprits.hpp"

namespace heymilo::workflows {

namespace {

/// Statuses that may be about a single record.
bool isAboutRecords(int status) { return status == 400 || status == 413 || status == 422; }

/// Refusals that may be over the next time.
bool isForNow(int status) { return status == 425 || status == 429; }

/// No connection comes about however often it is tried, as with a proxy's URL that is none.
bool isPermanent(const Error& error) {
  const auto* connection = dynamic_cast<const ConnectionError*>(&error);
  return connection != nullptr && connection->permanent() && error.outcome() == Outcome::not_sent;
}

std::chrono::milliseconds askedFor(const StatusError& error) {
  const auto* limited = dynamic_cast<const RateLimitError*>(&error);
  return limited != nullptr ? limited->retryAfter().value_or(std::chrono::milliseconds{0})
                            : std::chrono::milliseconds{0};
}

BulkCandidateIngestRequest requestOf(const Chunk& part) {
  BulkCandidateIngestRequest request;
  request.data.reserve(part.size());
  for (const MarkedRecord& record : part) {
    request.data.push_back(record.request);
  }
  return request;
}

/// `part` without the records at these places.
template <typename Places>
Chunk without(Chunk part, const Places& places) {
  Chunk rest;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (places.count(i) == 0) {
      rest.push_back(std::move(part[i]));
    }
  }
  return rest;
}

/// An answer that does not tell which receipt is for whom.
class MismatchedAnswer : public DecodeError {
 public:
  MismatchedAnswer()
      : DecodeError("the receipts of a bulk ingestion are not those of its records", "/data") {}
};

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

/// Where not every thread is to be had, those that there are do all the work.
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
      throw OverloadError("the system has no thread left to send with");
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
  std::vector<JournalRecord> records;
  records.reserve(chunk.size());
  for (const MarkedRecord& record : chunk) {
    records.push_back(record.journal);
  }
  const Clock::TimePoint now = client_.clock().now();
  const std::optional<Timestamp> api_time = api_clock_.at(now);
  const std::vector<std::uint64_t> refused = journal_.begin(records, api_time);
  chunk.erase(std::remove_if(chunk.begin(),
                             chunk.end(),
                             [&](const MarkedRecord& record) {
                               return std::find(refused.begin(),
                                                refused.end(),
                                                record.journal.index) != refused.end();
                             }),
              chunk.end());

  if (!api_time) {
    const std::lock_guard lock(mutex_);
    undated_.push_back({indexesOf(chunk), now});
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
      journal_.setUnsent(indexesOf(part));
      continue;
    }
    requireJournal(part, parts);
    try {
      std::vector<Chunk> next = attempt(std::move(part));
      std::move(next.rbegin(), next.rend(), std::back_inserter(parts));
    } catch (const StoreError&) {
      throw;  // nothing can be written down any more
    } catch (const Error&) {
      for (const Chunk& waiting : parts) {
        journal_.setUnsent(indexesOf(waiting));
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
    try {  // for what can be saved of it
      journal_.setUnsent(indexesOf(part));
      for (const Chunk& other : waiting) {
        journal_.setUnsent(indexesOf(other));
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
    throw;  // of what was sent; it must not be taken for an error of the call
  } catch (const InvalidArgumentError& error) {
    returned(size);
    const auto culprit = culpritOf(error, part.size());
    if (!culprit) {
      journal_.setUnsent(indexesOf(part));
      throw;
    }
    const auto& [place, detail] = *culprit;
    journal_.setRejected({{part[place].journal, detail}});
    part.erase(part.begin() + static_cast<std::ptrdiff_t>(place));
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
      journal_.setUnsent(indexesOf(part));
      throw;
    } else {
      control_.failedForNow();
      putInDoubt(std::move(part), true);
    }
  } catch (const Error& error) {
    if (isPermanent(error)) {
      returned(size);
      journal_.setUnsent(indexesOf(part));
      throw;
    }
    if (error.outcome() == Outcome::not_sent) {
      returned(size);
      control_.failedForNow();
      next.push_back(std::move(part));
    } else {
      control_.failedForNow();
      putInDoubt(std::move(part), false);
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
    const auto answer = client_.ingestCandidatesBulkAsync(posting_id_, requestOf(part), options);
    api_clock_.hear(answer.http.headers);
    requests_ += static_cast<std::uint64_t>(answer.http.attempts - 1);
    journal_.setQueued(indexesOf(part), answer.data.ingestion_id);
  } else {
    const auto answer = client_.ingestCandidatesBulk(posting_id_, requestOf(part), options);
    api_clock_.hear(answer.http.headers);
    requests_ += static_cast<std::uint64_t>(answer.http.attempts - 1);
    receive(part, answer.data);
  }
}

void BulkSender::receive(const Chunk& part,
                         const std::vector<BulkIngestCandidateResponseItem>& answer) {
  if (answer.size() != part.size()) {
    throw MismatchedAnswer();
  }
  // A receipt that shows its record's mark says whose it is; otherwise they are in order.
  std::unordered_map<std::string_view, std::size_t> by_mark;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i].journal.mark) {
      by_mark.emplace(*part[i].journal.mark, i);
    }
  }
  std::vector<Journal::Receipt> receipts(part.size());
  std::vector<bool> filled(part.size());
  for (std::size_t i = 0; i < answer.size(); ++i) {
    std::size_t place = i;
    if (answer[i].metadata && answer[i].metadata->count(options_.mark) != 0) {
      const auto found = by_mark.find(answer[i].metadata->at(options_.mark));
      if (found == by_mark.end()) {
        throw MismatchedAnswer();
      }
      place = found->second;
    }
    if (filled[place]) {
      throw MismatchedAnswer();
    }
    filled[place] = true;
    receipts[place] = {part[place].journal.index, answer[i].interview_id, answer[i].interview_url};
  }
  journal_.setIngested(receipts, api_clock_.now());
}

std::vector<Chunk> BulkSender::refused(Chunk part, const StatusError& error) {
  const auto culprits = culpritsOf(error, part.size());
  if (!culprits.empty()) {
    std::vector<Journal::Refusal> refusals;
    refusals.reserve(culprits.size());
    for (const auto& [place, detail] : culprits) {
      refusals.push_back({part[place].journal, detail});
    }
    journal_.setRejected(refusals);
    std::vector<Chunk> rest;
    rest.push_back(without(std::move(part), culprits));
    return rest;
  }
  if (part.size() > 1) {
    return halves(std::move(part));
  }
  const APIError& reason = error.error();
  journal_.setRejected(
      {{part.front().journal, APIErrorDetail{reason.code, reason.message, reason.param}}});
  return {};
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
  // A look at the posting costs about as many requests, however much is in doubt; but what is in
  // doubt is held in memory.
  const std::lock_guard lock(mutex_);
  return doubtful_.size() >= 2 * options_.concurrency;
}

std::vector<BulkSender::Doubt> BulkSender::takeDoubtful() {
  const std::lock_guard lock(mutex_);
  return std::exchange(doubtful_, {});
}

}  // namespace heymilo::workflows
