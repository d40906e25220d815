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

/// One thread that runs any number of transfers, and the tasks and timers in between. The thread
/// starts with the first task and ends with close(). It blocks all signals: the host's handlers run
/// on the host's threads.
///
/// Must be owned by a shared_ptr: the thread keeps a reference until it ends. Only for the process
/// that created it.
class CurlLoop : public std::enable_shared_from_this<CurlLoop> {
 public:
  using Task = std::function<void()>;

  /// Keeps at most `max_connections` idle connections open.
  CurlLoop(std::shared_ptr<Clock> clock, std::size_t max_connections)
      : clock_(std::move(clock)),
        clock_is_steady_(isSteady(*clock_)),
        max_connections_(max_connections) {}
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  /// Runs the task, which must not throw, on the loop's thread. Thread-safe. Throws OverloadError
  /// if no thread can be started, TransportError (not_sent) if libcurl fails.
  void post(Task task);

  /// Keeps the thread running, however long it takes: a call in progress.
  class Work {
   public:
    explicit Work(std::shared_ptr<CurlLoop> loop) : loop_(std::move(loop)) { ++loop_->work_; }
    ~Work();
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

   private:
    const std::shared_ptr<CurlLoop> loop_;
  };
  /// Cancelled when the loop is closed: calls in progress must end.
  CancellationToken closing() const { return closing_.token(); }
  /// Cancels closing(), and waits until all work and the thread have ended. On the loop's own
  /// thread, which can't join itself, the thread ends after the return. To be called once, when
  /// only work in progress still posts tasks.
  void close();

  // Only on the loop's thread.

  using Timer = std::pair<Clock::TimePoint, std::uint64_t>;
  /// Runs the task, which must not throw, at that time.
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
  std::vector<Task> tasks_;  // guarded by mutex_, as are the members up to the next blank line
  std::thread thread_;
  bool started_ = false;
  bool closed_ = false;
  bool polling_ = false;

  // Only on the loop's thread, once it runs.
  Sockets sockets_;  // constructed before the multi handle, which closes them
  std::unique_ptr<MultiHandle> multi_;
  std::map<Timer, Task> timers_;
  std::uint64_t last_timer_ = 0;
  std::map<CURL*, std::shared_ptr<Running>> transfers_;
};

}  // namespace heymilo
