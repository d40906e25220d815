#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/bulk/chunk.hpp"
#include "workflows/bulk/key/key_rule.hpp"
#include "workflows/bulk/run_control.hpp"
#include "workflows/job/intake.hpp"

namespace heymilo::workflows {

/// Sends a chunk: at once, or in parts where records of it are refused, and again where it was
/// refused for a while or not sent. What is in doubt is not sent again. All functions may be called
/// by any number of threads.
class BulkSender {
 public:
  /// All of these must live as long as this.
  BulkSender(const Client& client, const std::string& posting_id, const BulkIngestOptions& options,
             const KeyRule& rule, ApiClock& api_clock, RunControl& control);

  using Reasons = std::map<RecordId, APIErrorDetail>;
  /// Is told what came of each record of a part, whose requests have ended.
  using Settle =
      std::function<void(Chunk part, const std::vector<SentRecord>& sent, const Reasons& reasons)>;
  /// `may_send` is asked before each attempt and again when it is connected: where it says no, the
  /// records are `unsent`. `settle` is called until each record has a result. What ends the run is
  /// told to `control`.
  void send(Chunk chunk, const std::function<bool()>& may_send, const Settle& settle);

  /// How many requests were made.
  std::uint64_t requests() const noexcept { return requests_; }

 private:
  /// One request. Returns what has to be sent next instead of `part`, which is empty afterwards.
  std::vector<Chunk> attempt(Chunk& part, const std::function<bool()>& may_send,
                             const Settle& settle);
  std::vector<SentRecord> deliver(const Chunk& part, const RequestOptions& options);
  static std::vector<Chunk> refused(Chunk& part, const StatusError& error, const Settle& settle);

  const Client& client_;
  const std::string& posting_id_;
  const BulkIngestOptions& options_;
  const KeyRule& rule_;
  ApiClock& api_clock_;
  RunControl& control_;
  std::atomic<std::uint64_t> requests_{0};
};

}  // namespace heymilo::workflows
