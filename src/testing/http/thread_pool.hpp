#pragma once

#include <httplib.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace heymilo::testing::detail {

/// A thread for each open connection, begun when it is needed and used again afterwards. (The pool
/// of cpp-httplib begins all its threads at once, and lets connections wait when they are taken.)
/// Connections beyond `max_threads` wait until another is closed.
class ThreadPool final : public httplib::TaskQueue {
 public:
  explicit ThreadPool(std::size_t max_threads);

  void enqueue(std::function<void()> task) override;
  /// Runs what is waiting, then joins the threads.
  void shutdown() override;

 private:
  void work();

  const std::size_t max_threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace heymilo::testing::detail
