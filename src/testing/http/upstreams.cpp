#include "testing/http/upstreams.hpp"

#include <chrono>
#include <utility>

namespace heymilo::testing::detail {

namespace {

// How long a reply takes is up to who decides it.
constexpr std::chrono::hours kNoLimit{24 * 20};
// cpp-httplib looks after each of them a hundred times a second.
constexpr std::size_t kMaxIdle = 16;

bool isQuiet(const Upstream& upstream) {
  return !upstream.connection.buffered() &&
         !waitReadable(upstream.connection.socket(), std::chrono::milliseconds{0});
}

}  // namespace

Upstream::Upstream(Socket socket) : connection(socket, kNoLimit) {}

Upstream::~Upstream() { closeSocket(connection.socket(), false); }

std::unique_ptr<Upstream> Upstreams::take() {
  std::unique_lock lock(mutex_);
  while (true) {
    while (!idle_.empty()) {
      std::unique_ptr<Upstream> upstream = std::move(idle_.back());
      idle_.pop_back();
      if (isQuiet(*upstream)) {
        ++taken_;
        return upstream;
      }
    }
    ++taken_;
    lock.unlock();
    const Socket socket = open();
    if (socket != kNoSocket) {
      return std::make_unique<Upstream>(socket);
    }
    lock.lock();
    if (--taken_ == 0) {
      return nullptr;
    }
    changed_.wait(lock);
  }
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

// With as many descriptors as there are, and not one more for cpp-httplib's end of it, the
// connection would never be accepted.
Socket Upstreams::open() {
  const std::lock_guard lock(opening_);
  const Socket socket = connectTo(port_);
  if (socket != kNoSocket && !canOpenAnother()) {
    closeSocket(socket, true);
    return kNoSocket;
  }
  return socket;
}

}  // namespace heymilo::testing::detail
