#include "workflows/bulk/bulk_sender.hpp"

#include <exception>
#include <iterator>
#include <utility>

#include "heymilo/errors.hpp"
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

/// All of these have the same result.
void settleAll(Chunk& part, KeyState state, bool failed, const BulkSender::Settle& settle) {
  std::vector<SentRecord> sent(part.size());
  for (std::size_t place = 0; place < part.size(); ++place) {
    sent[place].record = part.records()[place].record;
    sent[place].state = state;
    sent[place].failed = failed;
  }
  settle(std::exchange(part, Chunk()), sent, {});
}

/// These are rejected; the others are left in `part`.
void reject(Chunk& part, std::map<std::size_t, APIErrorDetail> culprits,
            const BulkSender::Settle& settle) {
  Chunk rejected = part.keepIf([&](std::size_t place) { return culprits.count(place) == 0; });
  std::vector<SentRecord> sent(rejected.size());
  BulkSender::Reasons reasons;
  auto culprit = culprits.begin();  // in the order of their places, as the records
  for (std::size_t i = 0; i < sent.size(); ++i, ++culprit) {
    sent[i].record = rejected.records()[i].record;
    sent[i].state = KeyState::rejected;
    sent[i].error_code = culprit->second.code;
    reasons.emplace(sent[i].record, std::move(culprit->second));
  }
  settle(std::move(rejected), sent, reasons);
}

}  // namespace

BulkSender::BulkSender(const Client& client, const std::string& posting_id,
                       const BulkIngestOptions& options, const KeyRule& rule, ApiClock& api_clock,
                       RunControl& control)
    : client_(client),
      posting_id_(posting_id),
      options_(options),
      rule_(rule),
      api_clock_(api_clock),
      control_(control) {}

void BulkSender::send(Chunk chunk, const std::function<bool()>& may_send, const Settle& settle) {
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
      settleAll(part, KeyState::unsent, false, settle);
      continue;
    }
    try {
      std::vector<Chunk> next = attempt(part, may_send, settle);
      std::move(next.rbegin(), next.rend(), std::back_inserter(parts));
    } catch (...) {
      control_.fail(std::current_exception());
      if (!part.empty()) {  // nothing is known of it
        settleAll(part, KeyState::in_doubt, false, settle);
      }
    }
  }
}

std::vector<Chunk> BulkSender::attempt(Chunk& part, const std::function<bool()>& may_send,
                                       const Settle& settle) {
  std::atomic<bool> not_allowed{false};
  RequestOptions options;
  options.cancellation = control_.abandon();
  options.priority = Priority::bulk;
  options.may_send = [&] {
    const bool may = may_send();
    if (!may) {
      not_allowed = true;
    }
    return may;
  };
  std::vector<Chunk> next;
  // What ends the run is told first: when records are settled, others may be sent.
  try {
    const std::vector<SentRecord> sent = deliver(part, options);
    control_.succeeded();
    settle(std::exchange(part, Chunk()), sent, {});
  } catch (const StoreError&) {  // nothing was sent
    if (not_allowed) {
      --requests_;
    } else {
      control_.fail(std::current_exception());  // of the quota
    }
    settleAll(part, KeyState::unsent, false, settle);
  } catch (const InvalidArgumentError& error) {
    auto culprit = culpritOf(error, part.size());
    if (culprit) {
      reject(part, {std::move(*culprit)}, settle);
      next.push_back(std::exchange(part, Chunk()));
    } else {
      control_.fail(std::current_exception());
      settleAll(part, KeyState::unsent, false, settle);
    }
  } catch (const StatusError& error) {
    api_clock_.hear(error.headers());
    if (isAboutRecords(error.status())) {
      control_.succeeded();
      next = refused(part, error, settle);
    } else if (isForNow(error.status())) {
      control_.failedForNow(askedFor(error));
      next.push_back(std::exchange(part, Chunk()));
    } else if (error.outcome() == Outcome::rejected) {
      control_.fail(std::current_exception());
      settleAll(part, KeyState::unsent, false, settle);
    } else {
      control_.failedForNow();
      settleAll(part, KeyState::in_doubt, true, settle);
    }
  } catch (const Error& error) {
    // The client may have a cancellation of its own: see Client::withOptions().
    const bool ends = isPermanent(error) || (isCancelled(error) && !control_.abandon().cancelled());
    if (ends) {
      control_.fail(std::current_exception());
    } else {
      control_.failedForNow();
    }
    if (error.outcome() != Outcome::not_sent) {
      settleAll(part, KeyState::in_doubt, false, settle);
    } else if (ends) {
      settleAll(part, KeyState::unsent, false, settle);
    } else {
      next.push_back(std::exchange(part, Chunk()));
    }
  }
  return next;
}

std::vector<SentRecord> BulkSender::deliver(const Chunk& part, const RequestOptions& options) {
  std::vector<SentRecord> sent(part.size());
  for (std::size_t place = 0; place < sent.size(); ++place) {
    sent[place].record = part.records()[place].record;
  }
  ++requests_;
  if (options_.async) {
    const auto response = client_.ingestCandidatesBulkAsync(posting_id_, part.request(), options);
    api_clock_.hear(response.http.headers);
    requests_ += static_cast<std::uint64_t>(response.http.attempts - 1);
    for (SentRecord& one : sent) {
      one.state = KeyState::queued;
      one.ingestion_id = response.data.ingestion_id;
    }
    return sent;
  }
  auto response = client_.ingestCandidatesBulk(posting_id_, part.request(), options);
  api_clock_.hear(response.http.headers);
  requests_ += static_cast<std::uint64_t>(response.http.attempts - 1);
  std::vector<BulkIngestCandidateResponseItem> receipts =
      receiptsOf(part, std::move(response.data), rule_);
  for (std::size_t place = 0; place < sent.size(); ++place) {
    sent[place].state = KeyState::ingested;
    sent[place].interview_id = std::move(receipts[place].interview_id);
    sent[place].interview_url = std::move(receipts[place].interview_url);
  }
  return sent;
}

std::vector<Chunk> BulkSender::refused(Chunk& part, const StatusError& error,
                                       const Settle& settle) {
  std::vector<Chunk> next;
  auto culprits = culpritsOf(error, part.size());
  if (!culprits.empty()) {
    reject(part, std::move(culprits), settle);
    next.push_back(std::exchange(part, Chunk()));
  } else if (part.size() > 1) {
    auto [first, second] = part.halve();
    next.push_back(std::move(first));
    next.push_back(std::move(second));
  } else {
    const APIError& reason = error.error();
    reject(part, {{0, {reason.code, reason.message, reason.param}}}, settle);
  }
  return next;
}

}  // namespace heymilo::workflows
