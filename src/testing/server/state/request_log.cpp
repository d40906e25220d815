#include "testing/server/state/request_log.hpp"

#include <algorithm>
#include <iterator>

namespace heymilo::testing::detail {

RequestLog::RequestLog(std::size_t capacity) : capacity_(capacity) {}

std::uint64_t RequestLog::begin(const RecordedRequest& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  if (requests_.size() > capacity_) {
    requests_.pop_front();
    ++first_;
  }
  added_.notify_all();
  return next_++;
}

void RequestLog::finish(std::uint64_t number, const RecordedRequest& request) {
  const std::lock_guard lock(mutex_);
  if (number < first_) {
    return;
  }
  RecordedRequest& known = requests_[static_cast<std::size_t>(number - first_)];
  known.received_at = request.received_at;
  known.status = request.status;
  known.request_id = request.request_id;
  known.committed = request.committed;
}

std::vector<RecordedRequest> RequestLog::all() const {
  const std::lock_guard lock(mutex_);
  return {requests_.begin(), requests_.end()};
}

std::vector<RecordedRequest> RequestLog::of(std::string_view operation) const {
  const std::lock_guard lock(mutex_);
  std::vector<RecordedRequest> found;
  std::copy_if(requests_.begin(),
               requests_.end(),
               std::back_inserter(found),
               [&](const RecordedRequest& request) { return request.operation == operation; });
  return found;
}

std::size_t RequestLog::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(next_ - cleared_);
}

void RequestLog::clear() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
  first_ = cleared_ = next_;
}

bool RequestLog::waitFor(std::size_t count, std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return added_.wait_for(lock, limit, [&] { return next_ - cleared_ >= count; });
}

}  // namespace heymilo::testing::detail
