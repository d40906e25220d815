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

/// The connections to cpp-httplib. An exchange has one to itself until its response has come, so
/// there are about as many as there are requests at work, however many clients are connected. Used
/// by any thread.
class Upstreams {
 public:
  /// `server` is to outlive the object.
  explicit Upstreams(HttplibServer& server) : server_(server) {}

  /// A connection for one exchange. Where no more can be opened, waits for one that is given up,
  /// or for descriptors; nullptr where neither comes.
  std::unique_ptr<Upstream> take();
  /// Gives up a connection: one that is `reusable` has nothing under way.
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
