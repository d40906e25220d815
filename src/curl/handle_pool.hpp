#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "curl/curl_handle.hpp"

namespace heymilo {

/// Handles with open connections, kept between requests: a request takes the one that was used
/// last, so that those no longer needed grow old and are closed. May be used by any thread of the
/// process that made it.
class HandlePool {
 public:
  /// Keeps at most `capacity` handles that are not in use.
  explicit HandlePool(std::size_t capacity) : capacity_(capacity) {}
  /// Closes the connections.
  ~HandlePool();
  HandlePool(const HandlePool&) = delete;
  HandlePool& operator=(const HandlePool&) = delete;

  /// Gives the handle back to the pool, which must still exist.
  class Return {
   public:
    explicit Return(HandlePool* pool) noexcept : pool_(pool) {}
    void operator()(CurlHandle* handle) const noexcept { pool_->giveBack(handle); }

   private:
    HandlePool* pool_;
  };
  using Lease = std::unique_ptr<CurlHandle, Return>;

  /// A handle with all options at libcurl's defaults. Throws what CurlHandle() throws.
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
