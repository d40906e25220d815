#include "heymilo/workflows/takeover.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/clock.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/pagination.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/bulk/chosen_journal.hpp"
#include "workflows/bulk/job_setup.hpp"
#include "workflows/bulk/key/canonical_content.hpp"
#include "workflows/bulk/key/key_rule.hpp"
#include "workflows/bulk/taken_over.hpp"
#include "workflows/storage/journal_01.hpp"

namespace heymilo::workflows {

bool isJournal01(const std::string& file) { return Journal01::isOne(file); }

namespace {

using std::chrono::milliseconds;

/// The hash of a request, as the source has given it.
std::int64_t hashOf(const CandidateIngestRequest& request) {
  return Journal01::hashOf(
      nlohmann::json(request).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

class TakeOver {
 public:
  TakeOver(const Client& client, std::string_view posting_id, const std::string& old_journal,
           const BulkIngestOptions& options)
      : client_(client),
        posting_id_(posting_id),
        options_(options),
        rule_(options.key),
        old_(old_journal),
        claim_(kTakenOver + old_.id()) {
    if (old_.postingId() != posting_id_) {
      throw StoreError(old_journal + " is the journal of another posting: use another file");
    }
  }

  TakeOverResult run(const BulkSource& source) {
    if (old_.isLockedOut() && isKnown(*openedStore())) {
      result_.known = true;
      return result_;
    }
    read(source);
    if (!stopped()) {
      look();
    }
    if (stopped()) {
      result_.stopped = true;
      return result_;
    }
    requireNothingLost();
    old_.lockOut();
    write(*openedStore());
    return result_;
  }

 private:
  bool stopped() const { return options_.stop.cancelled(); }

  std::shared_ptr<Journal> openedStore() {
    if (!store_) {
      store_ = chosenJournal(client_, posting_id_, options_);
    }
    return store_;
  }

  bool isKnown(Journal& store) const {
    return journals01In(store, posting_id_).count(old_.id()) != 0;
  }

  void read(const BulkSource& source) {
    old_.beginRecords();
    while (std::optional<BulkRecord> record = source()) {
      if (record->problem) {
        continue;
      }
      const std::int64_t hash = hashOf(record->request);
      const IdentifiedRecord identified = rule_.identify(record->request);
      if (!identified.key.empty() && !identified.content.empty()) {
        old_.addRecord(hash, identified.key, identified.content);
      }
    }
    old_.endRecords();
  }

  /// For those whose outcome is open.
  void look() {
    if (!old_.hasOpen(true)) {
      return;
    }
    if (old_.hasOpen(false)) {
      wait();
    }
    if (stopped()) {
      return;
    }
    RequestOptions request;
    request.cancellation = options_.stop;
    request.priority = Priority::bulk;
    CandidateRange range = client_.listAllCandidates(posting_id_, {}, std::move(request));
    range.onUnreadable([this](const UnreadableCandidate& candidate) { show(candidate); });
    try {
      for (const CandidateResponse& candidate : range) {
        const auto* const metadata = candidate.metadata ? &*candidate.metadata : nullptr;
        show(metadata,
             candidate.interview_id,
             candidate.interview_url.value_or(std::string()),
             rule_.identify(candidate).key.has_value());
      }
    } catch (const CancelledError&) {
      if (!stopped()) {
        throw;
      }
    }
  }

  /// Until what version 0.1 has sent last has arrived, or never will.
  void wait() {
    constexpr milliseconds kTick{1'000};
    const milliseconds settling =
        options_.settling_time.value_or(defaultSettling(old_.hasQueued()));
    Clock& clock = client_.clock();
    const Clock::TimePoint end = clock.now() + settling;
    std::mutex mutex;
    std::condition_variable stop;
    const CancellationCallback on_stop(options_.stop, [&] {
      const std::lock_guard lock(mutex);
      stop.notify_all();
    });
    std::unique_lock lock(mutex);
    for (Clock::TimePoint now = clock.now(); now < end && !stopped(); now = clock.now()) {
      if (options_.on_progress) {
        BulkProgress progress;
        progress.phase = "adopting";
        progress.wait = std::chrono::ceil<milliseconds>(end - now);
        lock.unlock();
        options_.on_progress(progress);
        lock.lock();
      }
      clock.wait(lock, stop, std::min(end, now + kTick), [this] { return stopped(); });
    }
  }

  void show(const KeyRule::Metadata* metadata, const std::string& interview_id,
            const std::string& interview_url, bool is_known) {
    if (metadata == nullptr) {
      return;
    }
    const auto mark = metadata->find(mark_key_);
    if (mark != metadata->end() && old_.isOpen(mark->second)) {
      old_.show(mark->second, interview_id, interview_url, is_known);
    }
  }

  void show(const UnreadableCandidate& candidate) {
    const RecognisedKey known = rule_.identify(candidate);
    if (!known.known || !candidate.interview_id) {
      throw DecodeError(candidate.error);  // it may be any of those that are sought
    }
    const auto metadata = candidate.readable.find("metadata");
    if (metadata != candidate.readable.end() && metadata->is_object()) {
      const auto of_candidate = metadata->get<KeyRule::Metadata>();
      show(&of_candidate, *candidate.interview_id, {}, known.key.has_value());
    }
  }

  void requireNothingLost() {
    const std::uint64_t lost = old_.lostRecords();
    const std::uint64_t unknown = lost == 0 ? 0 : old_.unknownRecords();
    if (unknown != 0) {
      throw StoreError(
          old_.file() + " can't be taken over: " + std::to_string(lost) +
          " of its records that were sent are not in the source any more, and " +
          std::to_string(unknown) +
          " of the source may be these, changed. Use the source as version 0.1 has read it first, "
          "or the key email, or another one by which the posting itself shows who they are. "
          "Nothing was sent");
    }
  }

  JournalStamp next() {
    ++number_;
    return {worker_, number_, number_ - 1};
  }

  void write(Journal& store) {
    constexpr std::size_t kBatch = 500;
    JournalJoin join;
    join.stamp = next();
    join.posting = {posting_id_, client_.baseUrl(), keyNameOf(options_.key), kContentVersion};
    join.name = nameOfThis();
    const JournalJoined joined = store.join(join);
    if (joined.outcome != JournalOutcome::good) {
      throw StoreError(whyRefused(joined.posting, join.posting));
    }
    for (std::int64_t after = -1;;) {
      const std::vector<Journal01::Row> rows = old_.rows(after, kBatch);
      JournalSettle settle;
      for (const Journal01::Row& row : rows) {
        add(row, settle.results);
        after = row.index;
      }
      if (rows.empty()) {
        break;
      }
      perform(store, std::move(settle));
    }
    // Last: with this, all of it is there.
    JournalSettle settle;
    KeyResult known;
    known.key = claim_;
    known.claim = claim_;
    known.state = KeyState::in_doubt;
    settle.results.push_back(known);
    known.state = KeyState::unsent;
    settle.results.push_back(known);
    perform(store, std::move(settle));
    store.leave(next());
  }

  void perform(Journal& store, JournalSettle settle) {
    settle.stamp = next();
    const JournalOutcome outcome = store.settle(settle).outcome;
    if (outcome == JournalOutcome::restored) {
      throw StoreError("the journal was restored from a copy in the meantime: run again");
    }
  }

  void add(const Journal01::Row& row, std::vector<KeyResult>& results) {
    KeyResult result;
    result.key = row.key;
    result.digest = row.digest;
    result.claim = claim_;
    if (row.state == "ingested") {
      result.state = KeyState::ingested;
      result.interview_id = row.interview_id;
      result.interview_url = row.interview_url;
      ++result_.ingested;
    } else if (row.state == "queued" || row.state == "unresolved") {
      result.state = KeyState::queued;
      result.async = true;
      result.ingestion_id = row.ingestion_id;
      ++result_.queued;
    } else if (row.state == "rejected" && row.error_code != "duplicate_mark") {
      result.state = KeyState::in_doubt;  // which adds it
      results.push_back(result);
      result.state = KeyState::rejected;
      result.error_code = row.error_code;
      ++result_.rejected;
    } else {
      ++result_.unsent;  // a key that the journal does not have is free
      return;
    }
    results.push_back(std::move(result));
  }

  const Client& client_;
  const std::string posting_id_;
  const BulkIngestOptions& options_;
  const KeyRule rule_;
  Journal01 old_;
  const std::string claim_;
  const std::string mark_key_ = old_.markKey();
  const std::string worker_ = randomName();
  std::shared_ptr<Journal> store_;
  std::int64_t number_ = 0;
  TakeOverResult result_;
};

}  // namespace

TakeOverResult takeOverJournal01(const Client& client, std::string_view posting_id,
                                 const BulkSource& source, const std::string& old_journal,
                                 const BulkIngestOptions& options) {
  requireUsable(posting_id, options);
  if (!source) {
    throw InvalidArgumentError("source", "must be set");
  }
  return TakeOver(client, posting_id, old_journal, options).run(source);
}

}  // namespace heymilo::workflows
