#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "heymilo/workflows/journal.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/bulk/bulk_sender.hpp"
#include "workflows/bulk/key/key_rule.hpp"
#include "workflows/bulk/open_records.hpp"
#include "workflows/bulk/posting_list.hpp"
#include "workflows/bulk/run_control.hpp"
#include "workflows/job/job.hpp"
#include "workflows/storage/seen_keys.hpp"

namespace heymilo::workflows {

/// One run: does what a Job asks for. The thread of run() does the operations on the journal and
/// calls the user's callbacks; helper threads read the source, list the posting and send.
class BulkRun {
 public:
  /// The client, the source and the options must live as long as this.
  BulkRun(const Client& client, std::string_view posting_id, const BulkSource& source,
          const BulkIngestOptions& options, std::shared_ptr<Journal> store);
  ~BulkRun() { endHelpers(); }
  BulkRun(const BulkRun&) = delete;
  BulkRun& operator=(const BulkRun&) = delete;

  /// Once. Throws as bulkIngest().
  BulkIngestResult run();

 private:
  using Lock = std::unique_lock<std::mutex>;

  Moment moment() const;
  bool maySend(const std::string& worker);

  // The thread of run().
  void work();
  void endWhereOver(Lock& lock);
  bool operate(Lock& lock);
  void storeFailed(const std::exception_ptr& error);
  void noteTrouble();
  void takeFates();
  void tellRecords(Lock& lock);
  void tellProgress(Lock& lock);
  bool hasBegun() const;
  void wait(Lock& lock, std::uint64_t seen);
  BulkProgress progress();
  BulkIngestResult result();
  Outcome outcome() const;
  std::string whatWasSent() const;
  std::string whatToDo();

  // The helpers.
  void startHelpers();
  void endHelpers();
  void help();
  void readList(Lock& lock, const Listing& listing);
  void sendOne(Lock& lock, const Sending& sending);
  bool mayRead() const;
  void readSource(Lock& lock);
  bool readRecord(Lock& lock);
  void something();

  const Client& client_;
  const std::string posting_id_;
  const BulkSource& source_;
  const BulkIngestOptions& options_;
  const std::shared_ptr<Journal> store_;
  const bool real_time_;  // the client's clock is the machine's
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  const KeyRule rule_;
  ApiClock api_clock_;
  RunControl control_;
  CancellationSource end_of_lists_;
  BulkSender sender_;
  PostingList list_;
  SeenKeys seen_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // for the thread of run()
  std::condition_variable work_;     // for helpers
  Job job_;
  OpenRecords records_;
  std::deque<RecordReport> reports_;  // to be told
  std::uint64_t events_ = 0;
  JobTime sleeps_until_{0};
  std::size_t busy_ = 0;  // helpers that are doing something
  bool reading_ = false;
  bool read_to_end_ = false;
  bool source_over_ = false;  // it ended, or has thrown
  bool list_failed_ = false;  // the last page
  bool stopping_ = false;
  bool joined_ = false;     // the journal has responded
  bool gave_up_ = false;    // the store
  bool abandoned_ = false;  // and what is left to be written can't be
  bool over_ = false;
  std::vector<std::thread> helpers_;
  CancellationCallback on_stop_;  // last: its callback may run immediately
};

}  // namespace heymilo::workflows
