#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace heymilo::testing::detail {

/// A thread for each task in progress, started on demand and reused afterwards. (The pools of
/// cpp-httplib start all their threads at construction, or let connections wait when all are busy.)
/// Tasks beyond `max_threads` wait until another one ends.
class ThreadPool {
 public:
  explicit ThreadPool(std::size_t max_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void enqueue(std::function<void()> task);
  /// Runs the waiting tasks, then joins the threads.
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
