#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace heymilo::testing::detail {

/// A thread for each task under way, begun when it is needed and used again afterwards. (The pools
/// of cpp-httplib begin all their threads at once, or let connections wait when they are taken.)
/// Tasks beyond `max_threads` wait until another is done.
class ThreadPool {
 public:
  explicit ThreadPool(std::size_t max_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void enqueue(std::function<void()> task);
  /// Runs what is waiting, then joins the threads.
  void shutdown();

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
