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

/// The last requests that the server received. Used by any thread.
class RequestLog {
 public:
  explicit RequestLog(std::size_t capacity);

  /// Adds a request and gives the number that finish() takes.
  std::uint64_t begin(const RecordedRequest& request);
  /// Notes what has become of it, where the request is still there.
  void finish(std::uint64_t number, const RecordedRequest& request);

  std::vector<RecordedRequest> all() const;
  std::vector<RecordedRequest> of(std::string_view operation) const;
  /// How many were added, those included that are no longer there.
  std::size_t count() const;
  void clear();
  /// False when `limit` has passed before count() was that.
  bool waitFor(std::size_t count, std::chrono::milliseconds limit) const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  mutable std::condition_variable added_;
  std::deque<RecordedRequest> requests_;
  std::uint64_t first_ = 0;  // the number of the first that is there
  std::uint64_t next_ = 0;
  std::uint64_t cleared_ = 0;  // the number at which counting began
};

}  // namespace heymilo::testing::detail
