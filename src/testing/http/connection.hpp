#pragma once

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>

namespace heymilo::testing::detail {

/// One accepted connection as cpp-httplib reads and writes it. What it writes is kept back, so that
/// an answer can be delayed, cut or replaced, and leaves in one piece. Used by one thread. It does
/// not own the socket.
class Connection final : public httplib::Stream {
 public:
  Connection(socket_t socket, std::chrono::milliseconds read_timeout);

  /// Waits for the first byte of a request. False when the peer has closed, or sent nothing for
  /// `limit`.
  bool awaitRequest(std::chrono::milliseconds limit);
  /// All that has been read of this request so far; called when that is its head.
  std::string takeHead();
  /// Of what has not been read yet, hands out only so many bytes, and then the end.
  void readOnly(std::size_t bytes);
  /// All that was written since the last call and has not been sent.
  std::string takeOutput();

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* data, size_t size) override;
  ssize_t write(const char* data, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override;

 private:
  bool buffered() const { return begin_ < end_; }
  bool refill(std::chrono::milliseconds limit);

  const socket_t socket_;
  const std::chrono::milliseconds read_timeout_;
  std::string input_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string head_;
  bool in_head_ = false;
  std::size_t left_ = (std::numeric_limits<std::size_t>::max)();
  std::string output_;
};

}  // namespace heymilo::testing::detail
