#include "support/raw_server.hpp"

#include <csignal>
#include <stdexcept>

namespace heymilo_test {

namespace {

/// A thread on which a closed connection raises no signal.
template <class Function>
std::thread threadWithoutSigpipe(Function function) {
  return std::thread([function] {
#ifdef SIGPIPE
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
#endif
    function();
  });
}

}  // namespace

RawServer::RawServer(Script script, const std::optional<RawServerTls>& tls, int receive_buffer)
    : script_(std::move(script)),
      tls_(tls ? makeServerContext(*tls) : nullptr),
      listener_(bindLoopback(port_)) {
  if (receive_buffer != 0) {  // on the listener before listen(): connections inherit it
    setSocketOption(listener_, SOL_SOCKET, SO_RCVBUF, receive_buffer);
  }
  if (::listen(listener_, 128) != 0) {
    closeSocket(listener_);
    throw std::runtime_error("can't listen");
  }
  acceptor_ = threadWithoutSigpipe([this] { acceptConnections(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    for (const auto& connection : connections_) {
      connection->interrupt();
    }
  }
  closeSocket(connectLoopback(port_));  // wakes accept(); shutdown() does so on Linux alone
  acceptor_.join();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  closeSocket(listener_);
}

std::string RawServer::url(std::string_view path) const { return urlOf("127.0.0.1", path); }

std::string RawServer::urlOf(std::string_view host, std::string_view path) const {
  std::string url = tls_ ? "https://" : "http://";
  url += host;
  url += ":" + std::to_string(port_);
  return url += path;
}

void RawServer::acceptConnections() {
  for (;;) {
    const Socket socket = ::accept(listener_, nullptr, nullptr);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) {
      if (socket != kNoSocket) {
        closeSocket(socket);
      }
      return;
    }
    if (socket == kNoSocket) {
      continue;  // that client has left already
    }
    sendAtOnce(socket);
    connections_.push_back(
        std::make_unique<RawConnection>(record_, record_.addConnection(), socket));
    RawConnection& connection = *connections_.back();
    threads_.push_back(threadWithoutSigpipe([this, &connection] { serve(connection); }));
  }
}

void RawServer::serve(RawConnection& connection) {
  if (connection.open(tls_.get())) {
    script_(connection);
  }
  connection.close();
  record_.addFinishedScript();
}

std::string httpAnswer(std::string_view status, std::string_view body,
                       std::string_view header_lines) {
  std::string answer = "HTTP/1.1 ";
  answer += status;
  answer += "\r\n";
  answer += header_lines;
  answer += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return answer += body;
}

RawServer::Script answering(std::string answer) {
  return [answer = std::move(answer)](RawConnection& connection) {
    while (connection.readRequest() && connection.send(answer)) {
    }
  };
}

}  // namespace heymilo_test
