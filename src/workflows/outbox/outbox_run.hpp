#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "heymilo/workflows/outbox.hpp"

namespace heymilo::workflows {

/// A run of bulkIngest() over rows of a posting that wait. Once.
class OutboxRun {
 public:
  using Tell = std::function<void(const OutboxEvent&)>;

  /// All of these must live as long as this, but for the token. `hurry`: others wait for this run
  /// to end.
  OutboxRun(const Client& client, Outbox& outbox, const OutboxPosting& posting,
            const OutboxOptions& options, CancellationToken stop, const Tell& tell,
            const std::atomic<bool>& hurry);

  /// Returns when all rows that were read have been settled, or can't be settled now. Throws as
  /// bulkIngest(), after what has been settled was counted.
  void run(const std::shared_ptr<Journal>& journal);

  std::size_t read() const;     ///< rows
  std::size_t settled() const;  ///< of these
  /// What was settled. `pending`, `stopped` and `error` are not set.
  const OutboxResult& counts() const noexcept { return counts_; }

 private:
  std::optional<BulkRecord> next();
  bool readPage();
  bool waitUntilSettled();
  void note(const RecordReport& report);
  void flush();
  void tellOf(OutboxEvent::Kind kind, std::uint64_t count, const std::string& code = {});

  const Client& client_;
  Outbox& outbox_;
  const OutboxPosting& posting_;
  const OutboxOptions& options_;
  const CancellationToken stop_;
  const Tell& tell_;
  const std::atomic<bool>& hurry_;

  // Of the thread that reads.
  std::vector<OutboxRow> page_;
  std::size_t at_ = 0;
  std::int64_t after_ = 0;
  std::unordered_set<std::string> keys_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::int64_t> ids_;  // by the record's index; guarded by mutex_
  std::size_t settled_ = 0;        // guarded by mutex_

  // Of the thread of run().
  std::vector<OutboxOutcome> outcomes_;  // to be written
  OutboxResult noted_;                   // of these
  std::map<std::string, std::uint64_t> codes_;
  OutboxResult counts_;

  CancellationCallback on_stop_;  // last: its callback may run immediately
};

}  // namespace heymilo::workflows
