#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string_view>
#include <vector>

#include "heymilo/testing/recorded_request.hpp"

namespace heymilo::testing::detail {

/// The latest requests of the server. Thread-safe.
class RequestLog {
 public:
  explicit RequestLog(std::size_t capacity);

  /// Adds a request and returns its number for finish().
  std::uint64_t begin(const RecordedRequest& request);
  /// Records the result, if the request is still kept.
  void finish(std::uint64_t number, const RecordedRequest& request);

  std::vector<RecordedRequest> all() const;
  std::vector<RecordedRequest> of(std::string_view operation) const;
  /// The number of added requests, including those that are no longer kept.
  std::size_t count() const;
  void clear();
  /// Waits for count(). False after `limit`.
  bool waitFor(std::size_t count, std::chrono::milliseconds limit) const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  mutable std::condition_variable added_;
  std::deque<RecordedRequest> requests_;
  std::uint64_t first_ = 0;  // the number of the first one kept
  std::uint64_t next_ = 0;
  std::uint64_t cleared_ = 0;  // the number at the last clear
};

}  // namespace heymilo::testing::detail
