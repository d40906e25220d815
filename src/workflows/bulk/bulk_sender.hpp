#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/bulk/journal.hpp"
#include "workflows/bulk/marked_record.hpp"
#include "workflows/bulk/record_feed.hpp"
#include "workflows/bulk/run_control.hpp"

namespace heymilo::workflows {

/// Sends the chunks of a feed, several at the same time, and writes down what became of each. What
/// it can't know is left in flight, and handed out as in doubt.
class BulkSender {
 public:
  /// All of these must live as long as this.
  BulkSender(const Client& client, const std::string& posting_id, const BulkIngestOptions& options,
             Journal& journal, ApiClock& api_clock, RecordFeed& feed, RunControl& control);

  /// Sends until the feed is empty, the run is over, or so much is in doubt that it is better
  /// looked for first. Calls `meanwhile` now and then, on this thread. Throws what `meanwhile`
  /// throws, and OverloadError where not a single thread can be made.
  void run(const std::function<void()>& meanwhile);

  /// A chunk whose outcome is unknown.
  struct Doubt {
    Chunk chunk;
    bool failed_in_the_api = false;  ///< with a 5xx, which a record in it may be the reason for
  };
  std::vector<Doubt> takeDoubtful();
  /// When the last request ended whose outcome is unknown; empty where there was none.
  std::optional<Clock::TimePoint> lastDoubt() const;
  /// Writes down when they were sent of those in flight that were sent before the API's time was
  /// known, if it is known now.
  void dateSendings();

  /// Of the records that requests of this run have carried: how many are known to have been taken,
  /// and how many may have been.
  struct Sent {
    std::uint64_t taken = 0, in_doubt = 0;
  };
  /// Does not ask the journal, which may be what has failed.
  Sent sent() const;
  /// What was in doubt has been looked for, and so many were found.
  void reconciled(std::size_t found);
  /// Requests that were made.
  std::uint64_t requests() const noexcept { return requests_; }

 private:
  void startWorkers(std::vector<std::thread>& workers);
  void work();
  void send(Chunk chunk);
  /// Throws StoreError where what is to be sent would not be found in the journal again.
  void requireJournal(const Chunk& part, const std::vector<Chunk>& waiting);
  /// One request. Returns what is to be sent next in its place.
  std::vector<Chunk> attempt(Chunk part);
  void deliver(const Chunk& part);
  void receive(const Chunk& part, const std::vector<BulkIngestCandidateResponseItem>& answer);
  std::vector<Chunk> refused(Chunk part, const StatusError& error);
  void carry(std::size_t records);
  void arrived(std::size_t records);
  void returned(std::size_t records);
  void putInDoubt(Chunk part, bool failed_in_the_api);
  bool paused() const;

  const Client& client_;
  const std::string& posting_id_;
  const BulkIngestOptions& options_;
  Journal& journal_;
  ApiClock& api_clock_;
  RecordFeed& feed_;
  RunControl& control_;

  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::size_t> working_{0};
  mutable std::mutex mutex_;
  std::vector<Doubt> doubtful_;
  std::optional<Clock::TimePoint> last_doubt_;
  struct Undated {
    std::vector<std::uint64_t> indexes;
    Clock::TimePoint sent;
  };
  std::vector<Undated> undated_;
  Sent sent_;
};

}  // namespace heymilo::workflows
