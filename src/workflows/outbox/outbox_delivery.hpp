#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/workflows/outbox.hpp"

namespace heymilo::workflows {

/// What deliverOutbox() does: its thread looks for postings with rows that wait, and a thread for
/// each of these delivers them.
class OutboxDelivery {
 public:
  /// All of these must live as long as this.
  OutboxDelivery(const Client& client, Outbox& outbox, const OutboxOptions& options);
  ~OutboxDelivery() { end(); }
  OutboxDelivery(const OutboxDelivery&) = delete;
  OutboxDelivery& operator=(const OutboxDelivery&) = delete;

  /// Once. Throws as deliverOutbox().
  OutboxResult run();

 private:
  using Lock = std::unique_lock<std::mutex>;
  using Time = std::chrono::steady_clock::time_point;

  struct Posting {
    std::thread thread{};
    bool running = false;
    bool failed = false;         // the last time
    std::size_t failures = 0;    // in a row, without a row that was settled between them
    Time failed_at{}, begins{};  // not to be begun before
    std::int64_t newest = 0;     // row that was there when it failed
    Time begun{};                // the last time
    Time told{};                 // of its waiting rows
  };

  bool over() const;
  void look(Lock& lock);
  void storeFailed(const std::exception_ptr& error);
  void tellWaiting(const OutboxPosting& posting, Time now);
  void begin(const OutboxPosting& posting, Time now);
  void expire(Time now);
  void end();

  // The threads of postings.
  void deliver(const OutboxPosting& posting) noexcept;
  void deliverRows(const OutboxPosting& posting);
  void failed(const OutboxPosting& posting, const std::exception_ptr& error);
  void count(const OutboxResult& counts);
  void fail(const std::exception_ptr& error);
  void tell(const OutboxEvent& event);

  const Client& client_;
  Outbox& outbox_;
  const OutboxOptions& options_;
  CancellationSource stop_;           // by the user, or as something has failed for good
  std::atomic<bool> crowded_{false};  // a posting waits for another one's thread to end

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Posting> postings_;
  std::size_t running_ = 0;
  bool finished_ = false;  // a posting's thread has, since it was last asked
  OutboxResult result_;
  std::exception_ptr reason_;
  Time next_look_{}, next_expiry_{};
  std::size_t store_failures_ = 0;

  std::mutex telling_;            // while the callback is called, without mutex_
  CancellationCallback on_stop_;  // last: its callback may run immediately
};

}  // namespace heymilo::workflows
