#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "testing/http/connection.hpp"

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
  explicit Upstreams(int port) : port_(port) {}

  /// A connection for one exchange. Where no more can be opened, waits for one that is given up;
  /// nullptr where there is none.
  std::unique_ptr<Upstream> take();
  /// Gives up a connection: one that is `reusable` has nothing under way.
  void giveUp(std::unique_ptr<Upstream> upstream, bool reusable);

 private:
  Socket open();

  const int port_;
  std::mutex opening_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Upstream>> idle_;
  std::size_t taken_ = 0;
};

}  // namespace heymilo::testing::detail
