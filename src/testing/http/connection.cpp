#include "testing/http/connection.hpp"

#include <algorithm>
#include <utility>

#include "testing/http/socket.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::size_t kInputSize = 64u << 10;

}  // namespace

Connection::Connection(socket_t socket, std::chrono::milliseconds read_timeout)
    : socket_(socket), read_timeout_(read_timeout), input_(kInputSize, '\0') {}

bool Connection::awaitRequest(std::chrono::milliseconds limit) {
  head_.clear();
  in_head_ = true;
  return buffered() || refill(limit);
}

std::string Connection::takeHead() {
  in_head_ = false;
  return std::move(head_);
}

void Connection::readOnly(std::size_t bytes) { left_ = bytes; }

std::string Connection::takeOutput() { return std::exchange(output_, {}); }

bool Connection::is_readable() const { return buffered() || waitReadable(socket_, read_timeout_); }

bool Connection::is_writable() const { return true; }

ssize_t Connection::read(char* data, size_t size) {
  if (left_ == 0) {
    return -1;
  }
  // What comes before the end of a request is `100 Continue`, and the peer waits for it.
  if (!output_.empty() && !buffered()) {
    const std::string output = takeOutput();
    if (!sendAll(socket_, output.data(), output.size())) {
      return -1;
    }
  }
  if (!buffered() && !refill(read_timeout_)) {
    return -1;
  }
  const std::size_t count = std::min({size, end_ - begin_, left_});
  left_ -= count;
  std::copy_n(input_.data() + begin_, count, data);
  begin_ += count;
  if (in_head_) {
    head_.append(data, count);
  }
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* data, size_t size) {
  output_.append(data, size);
  return static_cast<ssize_t>(size);
}

// They would become headers of the request, which has none of that name.
void Connection::get_remote_ip_and_port(std::string&, int&) const {}
void Connection::get_local_ip_and_port(std::string&, int&) const {}

socket_t Connection::socket() const { return socket_; }

bool Connection::refill(std::chrono::milliseconds limit) {
  if (!waitReadable(socket_, limit)) {
    return false;
  }
  const std::ptrdiff_t count = receive(socket_, input_.data(), input_.size());
  begin_ = 0;
  end_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  return count > 0;
}

}  // namespace heymilo::testing::detail
