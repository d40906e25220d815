#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "curl/curl_options.hpp"
#include "curl/easy_handle.hpp"
#include "curl/multi_handle.hpp"
#include "curl/sockets.hpp"
#include "heymilo/cancellation.hpp"
#include "heymilo/transport.hpp"
#include "types/clock.hpp"

namespace heymilo {

/// One thread that runs any number of transfers, and what happens between them: tasks and timers.
/// The thread starts with the first task and ends with close(). It blocks all signals, so that
/// the host's handlers run on the host's threads.
///
/// To be owned by a shared_ptr, since the thread keeps it until it ends. For the process that made
/// it.
class CurlLoop : public std::enable_shared_from_this<CurlLoop> {
 public:
  using Task = std::function<void()>;

  /// Keeps at most `max_connections` connections open that are not in use.
  CurlLoop(std::shared_ptr<Clock> clock, std::size_t max_connections)
      : clock_(std::move(clock)),
        clock_is_steady_(isSteady(*clock_)),
        max_connections_(max_connections) {}
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  /// Lets the thread run the task, which must not throw. Any thread may call it. Throws
  /// OverloadError where no thread can be started, TransportError (not_sent) where libcurl fails.
  void post(Task task);

  /// What keeps the thread from ending, however long it takes: a call that is under way.
  class Work {
   public:
    explicit Work(std::shared_ptr<CurlLoop> loop) : loop_(std::move(loop)) { ++loop_->work_; }
    ~Work();
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

   private:
    const std::shared_ptr<CurlLoop> loop_;
  };
  /// Cancelled when the loop is closed: calls under way are to end.
  CancellationToken closing() const { return closing_.token(); }
  /// Cancels closing(), and waits until there is no more work and the thread has ended; on the
  /// loop's own thread, which can't wait for itself, the thread ends afterwards. To be called once,
  /// when nobody posts any more but the work under way.
  void close();

  // For the loop's thread only.

  using Timer = std::pair<Clock::TimePoint, std::uint64_t>;
  /// Runs the task, which must not throw, when the moment has come.
  Timer at(Clock::TimePoint moment, Task task);
  void cancel(const Timer& timer) { timers_.erase(timer); }
  /// Sends the request; `done`, which must not throw, is called here, or before this returns.
  void send(std::shared_ptr<const HttpRequest> request, const CurlOptions& options,
            const CancellationToken& cancellation, NonBlockingTransport::Completion done);

 private:
  struct Running;

  void wake();
  void run();
  void runTasks();
  void runTimers();
  void runTransfers();
  bool hasTasks() const;
  bool waitForTasks();
  void pollSockets();
  int millisecondsToPoll() const;
  void end(const std::shared_ptr<Running>& transfer, TransferResult result);
  void startAgain(const std::shared_ptr<Running>& transfer);
  void complete(Running& transfer, TransferResult result);
  void endAll(CURLMcode code);

  const std::shared_ptr<Clock> clock_;
  const bool clock_is_steady_;
  const std::size_t max_connections_;
  const CancellationSource closing_;
  std::atomic<std::size_t> work_{0};

  std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<Task> tasks_;  // guarded by mutex_, as all to the next blank line
  std::thread thread_;
  bool started_ = false;
  bool closed_ = false;
  bool polling_ = false;

  // For the loop's thread only, once it runs.
  Sockets sockets_;  // older than the multi handle, which closes them
  std::unique_ptr<MultiHandle> multi_;
  std::map<Timer, Task> timers_;
  std::uint64_t last_timer_ = 0;
  std::map<CURL*, std::shared_ptr<Running>> transfers_;
};

}  // namespace heymilo
