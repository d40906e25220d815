#include "testing/server/http/httplib_server.hpp"

#include <httplib.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/signals_blocked.hpp"
#include "testing/server/http/signals.hpp"
#include "testing/server/http/socket.hpp"
#include "testing/server/http/thread_pool.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::size_t kMaxRelayed = 1024;
constexpr std::chrono::seconds kRelayStallLimit{60};
// The relay closes its connections itself.
constexpr std::chrono::hours kKeepAlive{24 * 365};

constexpr int kNotFound = 404;
constexpr int kTooLarge = 413;

/// Counts the accepted connections. Thread-safe.
class Accepted {
 public:
  void add() {
    {
      const std::lock_guard lock(mutex_);
      ++count_;
    }
    changed_.notify_all();
  }
  std::uint64_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  bool await(std::uint64_t count, std::chrono::milliseconds limit) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return count_ >= count; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::uint64_t count_ = 0;
};

/// Runs the connections of cpp-httplib on a ThreadPool.
class Tasks final : public httplib::TaskQueue {
 public:
  // void; since 0.15 bool: whether the task was accepted.
  using Enqueued =
      decltype(std::declval<httplib::TaskQueue&>().enqueue(std::declval<std::function<void()>>()));

  explicit Tasks(Accepted& accepted) : accepted_(accepted) {}

  Enqueued enqueue(std::function<void()> task) override {
    pool_.enqueue(std::move(task));
    accepted_.add();
    return Enqueued(true);
  }
  void shutdown() override { pool_.shutdown(); }

 private:
  Accepted& accepted_;
  ThreadPool pool_{kMaxRelayed};
};

std::uint64_t exchangeOf(const httplib::Request& request) {
  const std::string text = request.get_header_value(HttplibServer::exchange_header);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

class HttplibServer::Impl : private SigpipeDisposition {
 public:
  Impl(std::size_t max_body, Handler handler) : max_body_(max_body), handler_(std::move(handler)) {
    SigpipeDisposition::restore();
    const auto on_request = [this](const httplib::Request& request, httplib::Response& response) {
      respond(request, response);
    };
    server_.Get("/", on_request);
    server_.Post("/", on_request);
    server_.set_payload_max_length(max_body_);
    server_.set_read_timeout(kRelayStallLimit);
    server_.set_write_timeout(kRelayStallLimit);
    server_.set_keep_alive_timeout(std::chrono::seconds(kKeepAlive).count());
    server_.set_keep_alive_max_count((std::numeric_limits<int>::max)());
    server_.set_tcp_nodelay(true);
    server_.new_task_queue = [this] { return new Tasks(accepted_); };
    Socket listener = kNoSocket;
    server_.set_socket_options(
        [&listener](auto socket) { listener = static_cast<Socket>(socket); });
    port_ = server_.bind_to_any_port("127.0.0.1");
    if (port_ < 0) {
      throw std::runtime_error("mock server can't listen on 127.0.0.1");
    }
    widenBacklog(listener);
    server_.set_socket_options([](auto) {});
    const SignalsBlocked blocked;
    acceptor_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
  }

  ~Impl() {
    while (!server_.is_running() && !ended_) {  // before that, stop() does nothing
      std::this_thread::yield();
    }
    server_.stop();
    acceptor_.join();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  int port() const { return port_; }
  const Accepted& accepted() const { return accepted_; }

 private:
  void respond(const httplib::Request& request, httplib::Response& response) const {
    if (request.body.size() > max_body_) {  // not every version limits chunked bodies
      response.status = kTooLarge;
      return;
    }
    std::optional<HttplibContent> content = handler_(exchangeOf(request), request.body);
    if (!content) {
      response.status = kNotFound;
      return;
    }
    response.status = content->status;
    response.body = std::move(content->body);
    if (!content->type.empty()) {
      response.set_header("Content-Type", content->type);
    }
  }

  const std::size_t max_body_;
  const Handler handler_;
  Accepted accepted_;
  httplib::Server server_;
  int port_ = 0;
  std::thread acceptor_;
  std::atomic<bool> ended_{false};
};

HttplibServer::HttplibServer(std::size_t max_body, Handler handler)
    : impl_(std::make_unique<Impl>(max_body, std::move(handler))) {}

HttplibServer::~HttplibServer() = default;

int HttplibServer::port() const { return impl_->port(); }

std::uint64_t HttplibServer::accepted() const { return impl_->accepted().count(); }

bool HttplibServer::awaitAccepted(std::uint64_t count, std::chrono::milliseconds limit) const {
  return impl_->accepted().await(count, limit);
}

}  // namespace heymilo::testing::detail
