#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/journal.hpp"
#include "workflows/marked_record.hpp"
#include "workflows/record_feed.hpp"
#include "workflows/run_control.hpp"

namespace heymilo::workflows {

/// Sends the chunks of a feed, several at the same time, and writes down what became of each. What
/// it can't know is left in flight, and handed out as in doubt.
class BulkSender {
 public:
  /// All of these must live as long as this.
  BulkSender(const Client& client, const std::string& posting_id, const BulkIngestOptions& options,
             Journal& journal, RecordFeed& feed, RunControl& control);

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
  /// Requests that were made.
  std::uint64_t requests() const noexcept { return requests_; }

 private:
  void startWorkers(std::vector<std::thread>& workers);
  void work();
  void send(Chunk chunk);
  /// One request. Returns what is to be sent next in its place.
  std::vector<Chunk> attempt(Chunk part);
  void deliver(const Chunk& part);
  void receive(const Chunk& part, const std::vector<BulkIngestCandidateResponseItem>& answer);
  std::vector<Chunk> refused(Chunk part, const StatusError& error);
  void putInDoubt(Chunk part, bool failed_in_the_api);
  bool paused() const;

  const Client& client_;
  const std::string& posting_id_;
  const BulkIngestOptions& options_;
  Journal& journal_;
  RecordFeed& feed_;
  RunControl& control_;

  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::size_t> working_{0};
  mutable std::mutex mutex_;
  std::vector<Doubt> doubtful_;
};

}  // namespace heymilo::workflows
