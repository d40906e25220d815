#include "heymilo/workflows/bulk_ingest.hpp"

#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "workflows/bulk_sender.hpp"
#include "workflows/journal.hpp"
#include "workflows/reconciler.hpp"
#include "workflows/record_feed.hpp"
#include "workflows/run_control.hpp"

namespace heymilo::workflows {

namespace {

constexpr std::size_t kLongestKey = 40;

void check(std::string_view posting_id, const BulkIngestOptions& options) {
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
  if (options.mark.empty() || options.mark.size() > kLongestKey) {
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
        control_(client.clock(), options.stop, options.patience),
        feed_(source, journal_, options.mark, options.chunk),
        sender_(client, posting_id_, options, journal_, feed_, control_),
        reconciler_(client, posting_id_, options, journal_, control_) {}

  BulkIngestResult run() {
    reconcile();  // what an earlier run left in flight
    while (!control_.over()) {
      sender_.run([this] { tell("sending"); });
      tell("sending");  // what the last chunk became, also where the run ends with an error
      control_.rethrow();
      if (journal_.count(RecordState::in_flight) == 0) {
        break;
      }
      reconcile();
      giveBackWhatHasNotArrived();
    }
    tell("done");
    return result();
  }

 private:
  void reconcile() {
    reconciler_.run([this](std::string_view phase) { tell(phase); });
  }

  void giveBackWhatHasNotArrived() {
    for (BulkSender::Doubt& doubt : sender_.takeDoubtful()) {
      Chunk again;
      for (MarkedRecord& record : doubt.chunk) {
        const auto known = journal_.find(record.journal.index);
        if (known && known->state == RecordState::unsent) {
          again.push_back(std::move(record));
        }
      }
      // A record that the API fails on is narrowed down, so that the others come in.
      for (Chunk& part : doubt.failed_in_the_api ? halves(std::move(again))
                                                 : std::vector<Chunk>{std::move(again)}) {
        if (!part.empty()) {
          feed_.giveBack(std::move(part));
        }
      }
    }
  }

  void tell(std::string_view phase) {
    if (!options_.on_progress) {
      return;
    }
    BulkProgress progress;
    progress.read = feed_.read();
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
  RunControl control_;
  RecordFeed feed_;
  BulkSender sender_;
  Reconciler reconciler_;
};

}  // namespace

BulkIngestResult bulkIngest(const Client& client, std::string_view posting_id,
                            const BulkSource& source, const BulkIngestOptions& options) {
  check(posting_id, options);
  return BulkRun(client, posting_id, source, options).run();
}

}  // namespace heymilo::workflows
