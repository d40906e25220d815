#include "curl/curl_loop.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <system_error>

#include "base/signals_blocked.hpp"
#include "curl/curl_error.hpp"
#include "curl/easy_handle.hpp"
#include "curl/socket_options.hpp"
#include "curl/transfer.hpp"

namespace heymilo {

namespace {

// Upper bound of a wait; sockets, timers, DNS lookups and tasks end it earlier.
constexpr int kLongestPollMs = 1000;

std::unique_ptr<MultiHandle> makeMulti(std::size_t max_connections) {
  auto multi = std::make_unique<MultiHandle>();
  curl_multi_setopt(multi->get(),
                    CURLMOPT_MAXCONNECTS,
                    static_cast<long>((std::min)(max_connections,
                                                 std::size_t{(std::numeric_limits<int>::max)()})));
  // One connection per request, as in the blocking client: a broken connection then affects one
  // request only.
  curl_multi_setopt(multi->get(), CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING});
  return multi;
}

}  // namespace

/// A request in progress.
struct CurlLoop::Running {
  Running(std::shared_ptr<const HttpRequest> sent, Sockets& sockets,
          NonBlockingTransport::Completion completion)
      : request(std::move(sent)), transfer(*request, sockets), done(std::move(completion)) {}

  const std::shared_ptr<const HttpRequest> request;
  HeaderLines header_lines;
  EasyHandle easy;
  Transfer transfer;
  NonBlockingTransport::Completion done;
  std::optional<CancellationCallback> on_cancel;
};

CurlLoop::Work::~Work() {
  const std::lock_guard<std::mutex> lock(loop_->mutex_);
  --loop_->work_;
  loop_->wake();
}

void CurlLoop::post(Task task) {
  const std::lock_guard<std::mutex> lock(mutex_);
  tasks_.push_back(std::move(task));
  if (!started_) {
    try {
      multi_ = makeMulti(max_connections_);
      const SignalsBlocked guard;
      thread_ = std::thread([self = shared_from_this()] { self->run(); });
      started_ = true;
    } catch (const std::system_error&) {
      tasks_.pop_back();
      throw OverloadError("the system has no thread left for the engine");
    } catch (...) {
      tasks_.pop_back();
      throw;
    }
  }
  wake();
}

void CurlLoop::wake() {
  posted_.notify_all();
  if (polling_) {
    curl_multi_wakeup(multi_->get());
  }
}

void CurlLoop::close() {
  std::thread thread;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    thread = std::move(thread_);
    wake();
  }
  if (!thread.joinable()) {
    return;
  }
  if (thread.get_id() == std::this_thread::get_id()) {
    thread.detach();
  } else {
    thread.join();
  }
}

void CurlLoop::run() {
  for (;;) {
    runTasks();
    runTimers();
    if (transfers_.empty()) {
      if (!waitForTasks()) {
        break;
      }
    } else {
      runTransfers();
      pollSockets();
    }
  }
  multi_.reset();  // closes the connections while SIGPIPE is blocked
}

void CurlLoop::runTasks() {
  std::vector<Task> tasks;
  bool close = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks.swap(tasks_);
    close = closed_ && !closing_.cancelled();
  }
  for (Task& task : tasks) {
    task();
    task = nullptr;
  }
  if (close) {
    closing_.cancel();
  }
}

void CurlLoop::runTimers() {
  const Clock::TimePoint now = clock_->now();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    const Task task = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    task();
  }
}

CurlLoop::Timer CurlLoop::at(Clock::TimePoint moment, Task task) {
  const Timer timer{moment, ++last_timer_};
  timers_.emplace(timer, std::move(task));
  return timer;
}

/// With mutex_ held: whether runTasks() has something to do.
bool CurlLoop::hasTasks() const { return !tasks_.empty() || (closed_ && !closing_.cancelled()); }

/// Waits until a timer or task is due. False at the end.
bool CurlLoop::waitForTasks() {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto over = [this] { return closed_ && work_ == 0; };
  clock_->wait(lock,
               posted_,
               timers_.empty() ? (Clock::TimePoint::max)() : timers_.begin()->first.first,
               [&] { return hasTasks() || over(); });
  return hasTasks() || !over();
}

void CurlLoop::pollSockets() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (transfers_.empty() || hasTasks()) {
      return;
    }
    polling_ = true;
  }
  const CURLMcode code = curl_multi_poll(multi_->get(), nullptr, 0, millisecondsToPoll(), nullptr);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    polling_ = false;
  }
  if (code != CURLM_OK) {
    endAll(code);
  }
}

/// A clock other than the machine's may jump at any moment, and would not wake libcurl.
int CurlLoop::millisecondsToPoll() const {
  if (timers_.empty()) {
    return kLongestPollMs;
  }
  if (!clock_is_steady_) {
    return 1;
  }
  const auto left = timers_.begin()->first.first - clock_->now();
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(
      (std::max)(decltype(ms){0}, (std::min)(ms, decltype(ms){kLongestPollMs})));
}

void CurlLoop::send(std::shared_ptr<const HttpRequest> request, const CurlOptions& options,
                    const CancellationToken& cancellation, NonBlockingTransport::Completion done) {
  std::shared_ptr<Running> transfer;
  try {
    transfer = std::make_shared<Running>(std::move(request), sockets_, done);
    transfer->transfer.proxy = options.proxy;
    configure(transfer->easy, options);
    sockets_.attach(transfer->easy);
    Transfer::attach(transfer->easy);
    if (!socket_options::kResets) {
      // An HTTP/2 connection outlives a cancelled request, and could not be closed later.
      transfer->easy.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    }
    transfer->transfer.prepare(transfer->easy, transfer->header_lines);
  } catch (...) {
    done({}, std::current_exception());
    return;
  }
  if (const CURLMcode code = curl_multi_add_handle(multi_->get(), transfer->easy.get())) {
    complete(*transfer, {transferCode(code), false});
    return;
  }
  transfers_.emplace(transfer->easy.get(), transfer);
  const std::weak_ptr<Running> weak = transfer;
  transfer->on_cancel.emplace(cancellation, [this, weak] {
    post([this, weak] {
      const auto cancelled = weak.lock();
      if (cancelled && transfers_.count(cancelled->easy.get()) != 0) {
        end(cancelled, {CURLE_OK, true});
      }
    });
  });
}

void CurlLoop::runTransfers() {
  int running = 0;
  if (const CURLMcode code = curl_multi_perform(multi_->get(), &running)) {
    endAll(code);
    return;
  }
  std::vector<std::pair<std::shared_ptr<Running>, CURLcode>> ended;
  int queued = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_->get(), &queued)) {
    if (message->msg == CURLMSG_DONE) {
      ended.emplace_back(transfers_.at(message->easy_handle), message->data.result);
    }
  }
  for (const auto& [transfer, code] : ended) {
    if (transfer->transfer.turned_away) {
      startAgain(transfer);
    } else {
      end(transfer, {code, false});
    }
  }
}

/// Nothing was sent: libcurl had chosen a connection that is closed.
void CurlLoop::startAgain(const std::shared_ptr<Running>& transfer) {
  curl_multi_remove_handle(multi_->get(), transfer->easy.get());
  CURLMcode code = CURLM_OUT_OF_MEMORY;
  if (transfer->transfer.prepareAgain() == CURLE_OK) {
    code = curl_multi_add_handle(multi_->get(), transfer->easy.get());
  }
  if (code != CURLM_OK) {
    end(transfer, {transferCode(code), false});
  }
}

void CurlLoop::end(const std::shared_ptr<Running>& transfer, TransferResult result) {
  transfer->transfer.end(result);
  curl_multi_remove_handle(multi_->get(), transfer->easy.get());
  transfers_.erase(transfer->easy.get());
  transfer->on_cancel.reset();
  complete(*transfer, result);
}

void CurlLoop::complete(Running& transfer, TransferResult result) {
  HttpResponse answer;
  std::exception_ptr error;
  try {
    answer = responseOf(transfer.easy, transfer.transfer, result);
  } catch (...) {
    error = std::current_exception();
  }
  transfer.done(std::move(answer), error);
}

/// The multi handle has failed, and with it all of its transfers.
void CurlLoop::endAll(CURLMcode code) {
  const auto transfers = transfers_;
  for (const auto& [easy, transfer] : transfers) {
    end(transfer, {transferCode(code), false});
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  try {
    multi_ = makeMulti(max_connections_);
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): out of memory; the old one stays in use
  }
}

}  // namespace heymilo
