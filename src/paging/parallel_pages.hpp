#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/pagination.hpp"
#include "paging/page_source.hpp"
#include "paging/time_windows.hpp"

namespace heymilo::detail {

/// Pages of a list that is read in several windows in parallel, in order of arrival. Each window is
/// read by a thread, which lives from the first next() to the end of the walk or its first error.
class ParallelPages final : public PageSource {
 public:
  ParallelPages(CandidateWindowLoader loader, ListCandidatesParams params, std::size_t concurrency);
  ~ParallelPages() override;
  ParallelPages(const ParallelPages&) = delete;
  ParallelPages& operator=(const ParallelPages&) = delete;

  bool next(LoadedPage& page) override;
  void handedOut(const CandidatePage& page, std::size_t position) override;
  std::optional<std::string> cursor() const override;
  void setPrefetch(bool) override {}  // a parallel walk always fetches ahead
  void setTolerant(bool on) override;

 private:
  /// A received page, and the position of its window at that time.
  struct Ready {
    TimeWindow* window = nullptr;
    std::optional<std::string> cursor{};
    LoadedPage page{};
  };

  void start();
  void stop() noexcept;
  void work();
  void readOne(TimeWindow& window, std::unique_lock<std::mutex>& lock);
  void dropReported(std::vector<UnreadableInPage>& unreadable);

  const CandidateWindowLoader load_;
  const std::size_t concurrency_;
  std::vector<std::thread> threads_;
  CancellationSource cancellation_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  TimeWindows windows_;
  std::deque<Ready> ready_;
  std::size_t working_ = 0;  // threads that have not ended
  bool stopping_ = false;
  bool tolerant_ = false;
  std::exception_ptr error_;

  // Of the page that next() returned last.
  TimeWindow* window_ = nullptr;
  std::optional<std::string> window_cursor_;
  std::set<std::string> reported_;  // unreadable candidates, by interview_id or text
};

}  // namespace heymilo::detail
