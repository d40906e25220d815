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
#include "workflows/bulk/chunk.hpp"
#include "workflows/bulk/journal.hpp"
#include "workflows/bulk/record_feed.hpp"
#include "workflows/bulk/run_control.hpp"

namespace heymilo::workflows {

/// Sends the chunks of a feed, several in parallel, and stores in the journal what became of each.
/// A chunk whose outcome is unknown stays in flight, and is returned by takeDoubtful().
class BulkSender {
 public:
  /// All of these must live as long as this.
  BulkSender(const Client& client, const std::string& posting_id, const BulkIngestOptions& options,
             Journal& journal, ApiClock& api_clock, RecordFeed& feed, RunControl& control);

  /// Sends until the feed is empty, the run is over, or so much is in doubt that it has to be
  /// looked for first. Calls `meanwhile` after each chunk and once a second, on this thread. Throws
  /// what `meanwhile` throws, and OverloadError where no thread can be started.
  void run(const std::function<void()>& meanwhile);

  /// A chunk whose outcome is unknown.
  struct Doubt {
    Chunk chunk;
    bool failed_in_the_api = false;  ///< with a 5xx: a record in it may be the reason
  };
  std::vector<Doubt> takeDoubtful();
  /// When the last request whose outcome is unknown ended; empty where there was none.
  std::optional<Clock::TimePoint> lastDoubt() const;
  /// For records in flight that were sent before the API's time was known: stores when they were
  /// sent, if it is known now.
  void dateSendings();

  /// Of the records in this run's requests: how many are known to have been taken, and how many may
  /// have been.
  struct Sent {
    std::uint64_t taken = 0, in_doubt = 0;
  };
  /// Does not use the journal, which may be what has failed.
  Sent sent() const;
  /// Everything in doubt has been looked for, and `found` records were found.
  void reconciled(std::size_t found);
  /// How many requests were made.
  std::uint64_t requests() const noexcept { return requests_; }

 private:
  void startWorkers(std::vector<std::thread>& workers);
  void work();
  void send(Chunk chunk);
  /// Throws StoreError where the journal has been lost, and with it what is sent from now on.
  void requireJournal(const Chunk& part, const std::vector<Chunk>& waiting);
  /// One request. Returns what has to be sent next instead of `part`.
  std::vector<Chunk> attempt(Chunk part);
  void deliver(const Chunk& part);
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
