#pragma once

#ifdef __linux__

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace heymilo_test {

/// A port of 127.0.0.1 that neither accepts nor refuses connections: its queue is full. (On systems
/// other than Linux a full queue refuses.)
class FullPort {
 public:
  FullPort() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, generic(), sizeof address_);
    socklen_t size = sizeof address_;
    ::getsockname(listener_, generic(), &size);
    ::listen(listener_, 0);
    for (int& filler : fillers_) {
      filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      ::connect(filler, generic(), size);
    }
  }
  ~FullPort() {
    for (const int filler : fillers_) {
      ::close(filler);
    }
    ::close(listener_);
  }
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;

  int port() const { return ntohs(address_.sin_port); }

  /// The number of pending connections to the port, from the kernel.
  int connecting() const {
    char needle[32];
    std::snprintf(needle, sizeof needle, "0100007F:%04X 02", static_cast<unsigned>(port()));
    int found = 0;
    std::ifstream table("/proc/net/tcp");
    for (std::string line; std::getline(table, line);) {
      found += line.find(needle) != std::string::npos ? 1 : 0;
    }
    return found;
  }

 private:
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address_); }

  const int listener_;
  sockaddr_in address_{};
  int fillers_[3] = {};
};

}  // namespace heymilo_test

#endif
