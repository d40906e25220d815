#include "testing/server/http/open_connections.hpp"

#include <chrono>
#include <set>

#include "testing/server/http/socket.hpp"

namespace heymilo::testing::detail {

namespace {

// A response that the client does not read must not block closeIdle() for ever.
constexpr std::chrono::seconds kCloseLimit{5};

}  // namespace

std::size_t OpenConnections::add(Socket socket) {
  const std::lock_guard lock(mutex_);
  const std::size_t number = ++last_number_;
  entries_.emplace(number, Entry{socket, State::idle, all_closed_});
  if (all_closed_) {
    shutDown(socket);
  }
  return number;
}

void OpenConnections::remove(std::size_t number) {
  {
    const std::lock_guard lock(mutex_);
    entries_.erase(number);
  }
  changed_.notify_all();
}

bool OpenConnections::beginRequest(std::size_t number) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_.at(number);
  entry.state = State::busy;
  return !entry.closing;
}

void OpenConnections::finishAnswer(std::size_t number) {
  const std::lock_guard lock(mutex_);
  entries_.at(number).state = State::finishing;
}

bool OpenConnections::beIdle(std::size_t number) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_.at(number);
  entry.state = State::idle;
  return !entry.closing;
}

std::size_t OpenConnections::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void OpenConnections::closeIdle() {
  std::unique_lock lock(mutex_);
  std::set<std::size_t> closing;
  for (auto& [number, entry] : entries_) {
    if (entry.state == State::busy) {
      continue;
    }
    entry.closing = true;
    closing.insert(number);
    if (entry.state == State::idle) {
      shutDown(entry.socket);
    }
  }
  changed_.wait_for(lock, kCloseLimit, [&] {
    for (const std::size_t number : closing) {
      if (entries_.count(number) > 0) {
        return false;
      }
    }
    return true;
  });
}

void OpenConnections::closeAll() {
  {
    const std::lock_guard lock(mutex_);
    all_closed_ = true;
    for (auto& [number, entry] : entries_) {
      entry.closing = true;
      shutDown(entry.socket);
    }
  }
  changed_.notify_all();
}

}  // namespace heymilo::testing::detail
