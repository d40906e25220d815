#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "testing/server/http/connection.hpp"
#include "testing/server/http/httplib_server.hpp"

namespace heymilo::testing::detail {

/// A connection to cpp-httplib. Closed with the object.
class Upstream {
 public:
  explicit Upstream(Socket socket);
  ~Upstream();
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  Connection connection;
};

/// The connections to cpp-httplib. Each exchange uses one exclusively until its response has been
/// received: the number of connections depends on the requests in progress, not on the connected
/// clients. Thread-safe.
class Upstreams {
 public:
  /// `server` must outlive the object.
  explicit Upstreams(HttplibServer& server) : server_(server) {}

  /// A connection for one exchange. If no more can be opened, waits for one that is released, or
  /// for descriptors; nullptr if neither becomes available.
  std::unique_ptr<Upstream> take();
  /// Releases a connection; it is `reusable` if nothing is in progress on it.
  void giveUp(std::unique_ptr<Upstream> upstream, bool reusable);

 private:
  std::unique_ptr<Upstream> takeIdle();
  Socket open();

  HttplibServer& server_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Upstream>> idle_;
  std::size_t taken_ = 0;
  bool opening_ = false;  // by one thread at a time
};

}  // namespace heymilo::testing::detail
