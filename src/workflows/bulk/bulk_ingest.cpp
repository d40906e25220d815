#include "heymilo/workflows/bulk_ingest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/api_limits.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/bulk/bulk_sender.hpp"
#include "workflows/bulk/chunk.hpp"
#include "workflows/bulk/journal.hpp"
#include "workflows/bulk/reconciler.hpp"
#include "workflows/bulk/record_feed.hpp"
#include "workflows/bulk/run_control.hpp"

namespace heymilo::workflows {

namespace {

void requireUsable(std::string_view posting_id, const BulkIngestOptions& options) {
  const auto refuse = [](const char* option, const std::string& reason) {
    throw InvalidArgumentError(option, reason);
  };
  if (posting_id.empty()) {
    refuse("posting_id", "must not be empty");
  }
  if (const std::string reason = sqlite::whyNotAFile(options.journal); !reason.empty()) {
    refuse("journal", reason);
  }
  if (options.chunk == 0) {
    refuse("chunk", "must be at least 1");
  }
  if (options.concurrency == 0) {
    refuse("concurrency", "must be at least 1");
  }
  if (options.patience == 0) {
    refuse("patience", "must be at least 1");
  }
  if (options.mark.empty() || options.mark.size() > api_limits::kMaxMetadataKey) {
    refuse("mark", "must be a metadata key: 1 to 40 characters");
  }
  if (options.settling_time && options.settling_time->count() < 0) {
    refuse("settling_time", "must not be negative");
  }
  if (options.clock_margin.count() < 0) {
    refuse("clock_margin", "must not be negative");
  }
}

/// One run.
class BulkRun {
 public:
  BulkRun(const Client& client, std::string_view posting_id, const BulkSource& source,
          const BulkIngestOptions& options)
      : posting_id_(posting_id),
        options_(options),
        journal_(options.journal, {posting_id_, options.mark}),
        // This run has the journal: an earlier one has ended, and its requests with it.
        ended_(client.clock().now()),
        api_clock_(client.clock()),
        control_(client.clock(), options.stop, options.patience),
        feed_(source, journal_, options.mark, options.chunk, options.stop),
        sender_(client, posting_id_, options, journal_, api_clock_, feed_, control_),
        reconciler_(client, posting_id_, options, journal_, api_clock_, control_) {}

  BulkIngestResult run() {
    try {
      return work();
    } catch (const StoreError& error) {
      tellOfSent();
      throw StoreError(
          error.what() + whatWasSent() + (feed_.refused() ? std::string() : whatToDo()),
          outcomeOfRun());
    } catch (const OverloadError& error) {
      throw OverloadError(error.what(), outcomeOfRun());
    }
  }

 private:
  /// The outcome of an error that does not come from the API. The state of each record is in the
  /// journal.
  Outcome outcomeOfRun() const {
    const BulkSender::Sent sent = sender_.sent();
    return sent.taken + sent.in_doubt == 0 ? Outcome::not_sent : Outcome::unknown;
  }

  BulkIngestResult work() {
    reconcile();  // what an earlier run left in flight
    while (!control_.over()) {
      sender_.run([this] { tell("sending"); });
      tell("sending");  // the result of the last chunk, also where the run ends with an error
      control_.rethrow();
      if (journal_.count(RecordState::in_flight) == 0) {
        break;
      }
      reconcile();
      giveBackWhatHasNotArrived();
    }
    journal_.requireInPlace();  // a later run would find nothing of this one otherwise
    tell("done");
    return result();
  }

  void reconcile() {
    const std::uint64_t before = journal_.count(RecordState::ingested);
    reconciler_.probe();
    sender_.dateSendings();
    reconciler_.run(std::max(ended_, sender_.lastDoubt().value_or(ended_)),
                    [this](std::string_view phase) { tell(phase); });
    if (journal_.count(RecordState::in_flight) == 0) {
      sender_.reconciled(journal_.count(RecordState::ingested) - before);
    }
  }

  /// For the text of a StoreError.
  std::string whatWasSent() const {
    const BulkSender::Sent sent = sender_.sent();
    const std::uint64_t all = sent.taken + sent.in_doubt;
    if (all == 0) {
      return ". This run has sent nothing";
    }
    std::string text = ". This run had sent " + std::to_string(all) +
                       (all == 1 ? " record: " : " records: ") + std::to_string(sent.taken) +
                       " confirmed";
    if (sent.in_doubt != 0) {
      text += ", " + std::to_string(sent.in_doubt) + " in doubt";
    }
    return text;
  }

  std::string whatToDo() {
    try {
      journal_.requireInPlace();
      return ". Fix this and run again with the same journal: records in doubt are looked for in "
             "the posting, and nobody is sent twice";
    } catch (const StoreError&) {
      const std::string rescued = journal_.rescue();
      return rescued.empty()
                 ? ". The journal's contents are lost: a run without them sends everybody again. "
                   "Check who is in the posting, and ingest only the others"
                 : ". The journal's contents were saved in " + rescued + ": move this file to " +
                       options_.journal + " and run again. A run without it sends everybody again";
    }
  }

  void giveBackWhatHasNotArrived() {
    for (BulkSender::Doubt& doubt : sender_.takeDoubtful()) {
      Chunk& chunk = doubt.chunk;
      chunk.keepIf([&](std::size_t place) {
        const auto known = journal_.find(chunk.records()[place].index);
        return known && known->state == RecordState::unsent;
      });
      if (doubt.failed_in_the_api) {
        // A record that the API fails on is narrowed down: the others get in.
        auto [first, second] = chunk.halve();
        giveBack(std::move(first));
        giveBack(std::move(second));
      } else {
        giveBack(std::move(chunk));
      }
    }
  }

  void giveBack(Chunk chunk) {
    if (!chunk.empty()) {
      feed_.giveBack(std::move(chunk));
    }
  }

  void tell(std::string_view phase) {
    if (!options_.on_progress) {
      return;
    }
    BulkProgress& progress = progress_;
    progress.read = feed_.read();
    progress.sent = sentRecords();
    progress.ingested = journal_.count(RecordState::ingested);
    progress.queued = journal_.count(RecordState::queued);
    progress.rejected = journal_.count(RecordState::rejected);
    progress.in_flight = journal_.count(RecordState::in_flight);
    progress.unresolved = journal_.count(RecordState::unresolved);
    progress.requests = sender_.requests() + reconciler_.requests();
    progress.elapsed = std::chrono::steady_clock::now() - began_;
    progress.phase = phase;
    progress.pause = control_.untilTurn();
    options_.on_progress(progress);
  }

  std::uint64_t sentRecords() const {
    const BulkSender::Sent sent = sender_.sent();
    return sent.taken + sent.in_doubt;
  }

  /// For when the journal has failed.
  void tellOfSent() {
    if (options_.on_progress) {
      progress_.sent = sentRecords();
      options_.on_progress(progress_);
    }
  }

  BulkIngestResult result() {
    BulkIngestResult result;
    result.ingested = journal_.count(RecordState::ingested);
    result.queued = journal_.count(RecordState::queued);
    result.rejected = journal_.count(RecordState::rejected);
    result.unsent = journal_.count(RecordState::unsent);
    result.unresolved =
        journal_.count(RecordState::unresolved) + journal_.count(RecordState::in_flight);
    result.records =
        result.ingested + result.queued + result.rejected + result.unsent + result.unresolved;
    result.matched_by_email = journal_.matchedByEmail();
    result.requests = sender_.requests() + reconciler_.requests();
    result.complete = feed_.exhausted() && result.unsent == 0 && result.unresolved == 0;
    result.stopped = control_.stopped() && !result.complete;
    return result;
  }

  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  const std::string posting_id_;
  const BulkIngestOptions& options_;
  Journal journal_;
  const Clock::TimePoint ended_;
  ApiClock api_clock_;
  RunControl control_;
  RecordFeed feed_;
  BulkSender sender_;
  Reconciler reconciler_;
  BulkProgress progress_;
};

}  // namespace

BulkIngestResult bulkIngest(const Client& client, std::string_view posting_id,
                            const BulkSource& source, const BulkIngestOptions& options) {
  requireUsable(posting_id, options);
  if (!source) {
    throw InvalidArgumentError("source", "must be set");
  }
  return BulkRun(client, posting_id, source, options).run();
}

}  // namespace heymilo::workflows
