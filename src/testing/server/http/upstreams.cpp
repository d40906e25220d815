#include "testing/server/http/upstreams.hpp"

#include <chrono>
#include <utility>

namespace heymilo::testing::detail {

namespace {

// The handler decides how long a reply takes.
constexpr std::chrono::hours kNoStallLimit{24 * 20};
// cpp-httplib polls each of them a hundred times a second.
constexpr std::size_t kMaxIdle = 16;
// The descriptors of ended connections become available shortly afterwards.
constexpr std::chrono::seconds kOpeningLimit{5};
constexpr std::chrono::milliseconds kRetry{5};
constexpr std::chrono::milliseconds kAcceptLimit{100};

bool isQuiet(const Upstream& upstream) {
  return !upstream.connection.buffered() &&
         !waitReadable(upstream.connection.socket(), std::chrono::milliseconds{0});
}

}  // namespace

Upstream::Upstream(Socket socket) : connection(socket, kNoStallLimit) {}

Upstream::~Upstream() { closeSocket(connection.socket(), false); }

std::unique_ptr<Upstream> Upstreams::take() {
  const auto give_up = std::chrono::steady_clock::now() + kOpeningLimit;
  std::unique_lock lock(mutex_);
  while (true) {
    if (std::unique_ptr<Upstream> upstream = takeIdle()) {
      return upstream;
    }
    if (opening_) {
      changed_.wait(lock);
      continue;
    }
    opening_ = true;
    lock.unlock();
    const Socket socket = open();
    lock.lock();
    if (socket == kNoSocket) {
      changed_.wait_for(lock, kRetry);
    }
    opening_ = false;
    changed_.notify_all();
    if (socket != kNoSocket) {
      ++taken_;
      return std::make_unique<Upstream>(socket);
    }
    if (taken_ == 0 && idle_.empty() && std::chrono::steady_clock::now() > give_up) {
      return nullptr;
    }
  }
}

std::unique_ptr<Upstream> Upstreams::takeIdle() {
  while (!idle_.empty()) {
    std::unique_ptr<Upstream> upstream = std::move(idle_.back());
    idle_.pop_back();
    if (isQuiet(*upstream)) {
      ++taken_;
      return upstream;
    }
  }
  return nullptr;
}

void Upstreams::giveUp(std::unique_ptr<Upstream> upstream, bool reusable) {
  {
    const std::lock_guard lock(mutex_);
    --taken_;
    if (reusable && idle_.size() < kMaxIdle) {
      idle_.push_back(std::move(upstream));
    }
  }
  upstream.reset();
  changed_.notify_one();
}

// If cpp-httplib has no descriptor left, it would not accept the connection until another one ends,
// which may wait for this one.
Socket Upstreams::open() {
  const std::uint64_t accepted = server_.accepted();
  const Socket socket = connectTo(server_.port());
  if (socket != kNoSocket && !server_.awaitAccepted(accepted + 1, kAcceptLimit)) {
    closeSocket(socket, true);
    return kNoSocket;
  }
  return socket;
}

}  // namespace heymilo::testing::detail
