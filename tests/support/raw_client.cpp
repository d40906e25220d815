#include "support/raw_client.hpp"

#include <array>
#include <sstream>
#include <stdexcept>

#include "support/loopback.hpp"
#include "support/names.hpp"

namespace heymilo_test {

namespace {

constexpr int kLimitMs = 10'000;

bool contains(const RawHeaders& headers, std::string_view name) {
  for (const auto& header : headers) {
    if (isSameName(header.first, name)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> RawAnswer::header(std::string_view name) const {
  std::istringstream lines(head);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos && isSameName(std::string_view(line).substr(0, colon), name)) {
      const std::size_t begin = line.find_first_not_of(' ', colon + 1);
      return line.substr(begin, line.size() - begin - 1);
    }
  }
  return std::nullopt;
}

RawClient::RawClient(int port, RawHeaders always)
    : socket_(connectLoopback(port)), always_(std::move(always)) {
  if (socket_ == kNoSocket) {
    throw std::runtime_error("can't connect");
  }
}

RawClient::~RawClient() { closeSocket(socket_); }

RawAnswer RawClient::get(std::string_view target, const RawHeaders& headers) {
  return request("GET", target, {}, headers);
}

RawAnswer RawClient::post(std::string_view target, std::string_view body,
                          const RawHeaders& headers) {
  RawHeaders all = headers;
  if (!contains(all, "Content-Type")) {
    all.emplace_back("Content-Type", "application/json");
  }
  return request("POST", target, body, all);
}

RawAnswer RawClient::request(std::string_view method, std::string_view target,
                             std::string_view body, const RawHeaders& headers) {
  RawHeaders all = headers;
  for (const auto& header : always_) {
    if (!contains(headers, header.first)) {
      all.push_back(header);
    }
  }
  std::string bytes;
  bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  for (const auto& [name, value] : all) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  if (!body.empty() || method == "POST") {
    bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  bytes.append("\r\n").append(body);
  send(bytes);
  std::optional<RawAnswer> answer = receive();
  if (!answer) {
    throw std::runtime_error("the server closed the connection");
  }
  return *answer;
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::ptrdiff_t count = sendOn(socket_, bytes.data(), bytes.size());
    if (count <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawClient::endSending() { endSendingOn(socket_); }

std::optional<RawAnswer> RawClient::receive() {
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!readMore()) {
      return std::nullopt;
    }
  }
  RawAnswer answer;
  answer.head = unread_.substr(0, end + 4);
  answer.status = std::stoi(answer.head.substr(answer.head.find(' ') + 1, 3));
  const bool interim = answer.status < 200;
  const std::size_t length =
      interim ? 0 : std::stoul(answer.header("Content-Length").value_or("0"));
  while (unread_.size() < answer.head.size() + length) {
    if (!readMore()) {
      return std::nullopt;
    }
  }
  answer.body = unread_.substr(answer.head.size(), length);
  unread_.erase(0, answer.head.size() + length);
  return answer;
}

std::string RawClient::receiveToEnd() {
  while (readMore()) {
  }
  return std::exchange(unread_, {});
}

bool RawClient::readMore() {
  if (!isReadableWithin(socket_, kLimitMs)) {
    throw std::runtime_error("the server has not answered for 10 seconds");
  }
  std::array<char, 65536> buffer{};
  const std::ptrdiff_t count = receiveFrom(socket_, buffer.data(), buffer.size());
  reset_ = reset_ || (count < 0 && wasResetByPeer());
  unread_.append(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  return count > 0;
}

}  // namespace heymilo_test
