#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace benchmarks {

/// An HTTP/1.1 server on the loopback interface that responds to every request with 200 and a JSON
/// body. It is a separate process: its work is not part of the measured CPU time. It is forked, so
/// it must be created before this process has threads; it ends with this object, or with this
/// process.
class CannedServer {
 public:
  using Body = std::shared_ptr<const std::string>;
  /// The body for a request's target (`/path?query`). Called in the server's process, on a thread
  /// for each connection.
  using Answer = std::function<Body(std::string_view target)>;

  /// `latency`: from the last byte of a request to the first of its response. Throws
  /// std::system_error.
  explicit CannedServer(const Answer& answer, std::chrono::milliseconds latency = {});
  ~CannedServer();
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;

  /// `http://127.0.0.1:port`
  const std::string& url() const noexcept { return url_; }

 private:
  std::string url_;
  int lifeline_ = -1;  // the server ends when all copies are closed
  pid_t process_ = -1;
};

}  // namespace benchmarks
