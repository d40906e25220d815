#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "curl/curl_handle.hpp"

namespace heymilo {

/// A connection pool: handles with open connections, kept between requests. A request takes the
/// most recently used one, and surplus handles age and are closed. Thread-safe within the process
/// that created it.
class HandlePool {
 public:
  /// Keeps at most `capacity` idle handles.
  explicit HandlePool(std::size_t capacity) : capacity_(capacity) {}
  /// Closes the connections.
  ~HandlePool();
  HandlePool(const HandlePool&) = delete;
  HandlePool& operator=(const HandlePool&) = delete;

  /// Returns the handle to the pool, which must still exist.
  class Return {
   public:
    explicit Return(HandlePool* pool) noexcept : pool_(pool) {}
    void operator()(CurlHandle* handle) const noexcept { pool_->giveBack(handle); }

   private:
    HandlePool* pool_;
  };
  using Lease = std::unique_ptr<CurlHandle, Return>;

  /// Throws the exceptions of CurlHandle().
  Lease take();

 private:
  struct Idle {
    std::unique_ptr<CurlHandle> handle;
    std::chrono::steady_clock::time_point since;
  };

  void giveBack(CurlHandle* returned) noexcept;

  const std::size_t capacity_;
  std::mutex mutex_;
  std::vector<Idle> idle_;  // the longest idle first
};

}  // namespace heymilo
