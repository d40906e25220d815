#include "support/raw_connection.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "support/names.hpp"

namespace heymilo_test {

std::string RawRequest::method() const { return head.substr(0, head.find(' ')); }

std::string RawRequest::target() const {
  const std::size_t begin = head.find(' ') + 1;
  return head.substr(begin, head.find(' ', begin) - begin);
}

std::vector<std::string> RawRequest::header(std::string_view name) const {
  std::vector<std::string> values;
  std::size_t line = head.find("\r\n") + 2;
  for (std::size_t end; (end = head.find("\r\n", line)) != std::string::npos; line = end + 2) {
    const std::size_t colon = head.find(':', line);
    if (colon < end && colon - line == name.size() &&
        isSameName(std::string_view(head).substr(line, name.size()), name)) {
      const std::size_t value = (std::min)(head.find_first_not_of(" \t", colon + 1), end);
      values.push_back(head.substr(value, end - value));
    }
  }
  return values;
}

template <class Condition>
bool RawRecord::waitFor(Condition condition) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), condition);
}

bool RawRecord::waitForRequests(std::size_t count) const {
  return waitFor([&] { return requests_.size() >= count; });
}
bool RawRecord::waitForConnections(std::size_t count) const {
  return waitFor([&] { return received_.size() >= count; });
}
bool RawRecord::waitForFinishedScripts(std::size_t count) const {
  return waitFor([&] { return finished_ >= count; });
}
bool RawRecord::waitForScripts() const {
  return waitFor([&] { return finished_ == received_.size(); });
}

std::vector<RawRequest> RawRecord::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}
std::vector<std::string> RawRecord::received() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return received_;
}
std::size_t RawRecord::connections() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return received_.size();
}

std::size_t RawRecord::addConnection() {
  const std::lock_guard<std::mutex> lock(mutex_);
  received_.emplace_back();
  changed_.notify_all();
  return received_.size() - 1;
}
void RawRecord::addBytes(std::size_t connection, std::string_view bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  received_[connection] += bytes;
  changed_.notify_all();
}
void RawRecord::addRequest(RawRequest request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  requests_.push_back(std::move(request));
  changed_.notify_all();
}
void RawRecord::addFinishedScript() {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++finished_;
  changed_.notify_all();
}

RawConnection::RawConnection(RawRecord& record, std::size_t number, Socket socket)
    : record_(record), number_(number), socket_(socket) {}

RawConnection::~RawConnection() { close(); }

bool RawConnection::open(ssl_ctx_st* context) {
  stream_ = openStream(socket_, context);
  return stream_ != nullptr;
}

void RawConnection::interrupt() {
  const std::lock_guard<std::mutex> lock(mutex_);
  interrupted_ = true;
  interruption_.notify_all();
  if (socket_ != kNoSocket) {
    endBothWays(socket_);
  }
}

bool RawConnection::readMore() {
  std::array<char, 65536> buffer{};
  const std::size_t count = stream_ ? stream_->read(buffer.data(), buffer.size()) : 0;
  const std::string_view bytes(buffer.data(), count);
  unread_ += bytes;
  record_.addBytes(number_, bytes);
  return count > 0;
}

std::optional<RawRequest> RawConnection::readRequest() {
  std::size_t head_end = 0;
  while ((head_end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!readMore()) {
      return std::nullopt;
    }
  }
  RawRequest request;
  request.connection = number_;
  request.head = readBytes(head_end + 4);
  const std::vector<std::string> length = request.header("Content-Length");
  const std::size_t size = length.empty() ? 0 : std::strtoul(length.front().c_str(), nullptr, 10);
  request.body = readBytes(size);
  if (request.body.size() < size) {
    return std::nullopt;
  }
  record_.addRequest(request);
  return request;
}

std::string RawConnection::readBytes(std::size_t count) {
  while (unread_.size() < count && readMore()) {
  }
  std::string bytes = unread_.substr(0, count);
  unread_.erase(0, count);
  return bytes;
}

void RawConnection::readToEnd() {
  while (readMore()) {
    unread_.clear();
  }
}

void RawConnection::stall() {
  std::unique_lock<std::mutex> lock(mutex_);
  interruption_.wait(lock, [&] { return interrupted_; });
}

bool RawConnection::send(std::string_view bytes) { return stream_ && stream_->write(bytes); }

bool RawConnection::drip(std::string_view bytes, std::chrono::milliseconds interval) {
  for (const char& byte : bytes) {
    if (!send({&byte, 1})) {
      return false;
    }
    std::unique_lock<std::mutex> lock(mutex_);
    if (interruption_.wait_for(lock, interval, [&] { return interrupted_; })) {
      return false;
    }
  }
  return true;
}

void RawConnection::relayTo(int port, const RelayLimits& limits) { relay(socket_, port, limits); }

void RawConnection::close() {
  if (stream_) {
    stream_->sayGoodbye();
  }
  cut();
}

void RawConnection::cut() {
  stream_.reset();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (socket_ != kNoSocket) {
    closeSocket(socket_);
    socket_ = kNoSocket;
  }
}

void RawConnection::reset() {
  const linger at_once{1, 0};
  setSocketOption(socket_, SOL_SOCKET, SO_LINGER, at_once);
  cut();
}

}  // namespace heymilo_test
