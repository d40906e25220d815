#include "paging/parallel_pages.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "heymilo/errors.hpp"
#include "paging/second_reading.hpp"

namespace heymilo::detail {

namespace {

Timestamp now() {
  return std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
}

}  // namespace

ParallelPages::ParallelPages(CandidateWindowLoader loader, ListCandidatesParams params,
                             std::size_t concurrency)
    : load_(std::move(loader)), concurrency_(concurrency), windows_(std::move(params)) {
  if (concurrency_ == 0) {
    throw InvalidArgumentError("concurrency", "must not be 0");
  }
}

ParallelPages::~ParallelPages() { stop(); }

void ParallelPages::setTolerant(bool on) {
  const std::lock_guard<std::mutex> lock(mutex_);
  tolerant_ = on;
}

bool ParallelPages::next(LoadedPage& page) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    if (ready_.empty() && threads_.empty()) {
      if (windows_.done()) {
        return false;
      }
      lock.unlock();
      start();
      lock.lock();
    }
    changed_.wait(lock, [this] { return !ready_.empty() || working_ == 0; });
    if (ready_.empty()) {
      lock.unlock();
      stop();
      if (error_) {
        std::rethrow_exception(std::exchange(error_, nullptr));
      }
      return false;
    }
    Ready ready = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    dropReported(ready.page.unreadable);
    if (ready.page.page.data.empty()) {  // all of it belonged to other windows, or is unreadable
      windows_.handedOut(*ready.window, ready.cursor);
      if (ready.page.unreadable.empty()) {
        continue;
      }
    }
    window_ = ready.window;
    window_cursor_ = std::move(ready.cursor);
    page = std::move(ready.page);
    return true;
  }
}

/// An unreadable candidate may be in the pages of several windows: its own window is not always
/// known.
void ParallelPages::dropReported(std::vector<UnreadableInPage>& unreadable) {
  const auto known = [this](const UnreadableInPage& one) {
    const UnreadableCandidate& candidate = one.candidate;
    return !reported_.insert(candidate.interview_id.value_or(candidate.error.rawBody())).second;
  };
  unreadable.erase(std::remove_if(unreadable.begin(), unreadable.end(), known), unreadable.end());
}

void ParallelPages::start() {
  stopping_ = false;
  cancellation_ = CancellationSource();
  threads_.reserve(concurrency_);
  for (std::size_t i = 0; i < concurrency_; ++i) {
    const std::unique_lock<std::mutex> lock(mutex_);
    try {
      threads_.emplace_back([this] { work(); });
      ++working_;
    } catch (const std::system_error&) {
      if (i == 0) {
        throw OverloadError("the system has no thread left to read pages in parallel");
      }
      break;  // continue with fewer threads
    }
  }
}

void ParallelPages::stop() noexcept {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  cancellation_.cancel();
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
}

void ParallelPages::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    if (TimeWindow* window = windows_.take(now())) {
      readOne(*window, lock);
    } else if (windows_.finished()) {
      break;
    } else {
      changed_.wait(lock);
    }
  }
  --working_;
  changed_.notify_all();
}

void ParallelPages::readOne(TimeWindow& window, std::unique_lock<std::mutex>& lock) {
  const ListCandidatesParams params = windows_.request(window);
  const bool tolerant = tolerant_;
  LoadedPage page;
  std::exception_ptr error;
  lock.unlock();
  try {
    page = tolerant ? loadTolerantly(load_, params, cancellation_.token())
                    : loadedPage(load_(params, cancellation_.token()));
  } catch (...) {
    error = std::current_exception();
  }
  lock.lock();
  try {
    if (error) {
      TimeWindows::giveBack(window);
      std::rethrow_exception(error);
    }
    ready_.emplace_back();  // allocated first: the following steps must not run out of memory
    try {
      windows_.accept(window, params, page);
    } catch (...) {
      ready_.pop_back();
      throw;
    }
    if (window.probe) {
      ready_.pop_back();
    } else {
      ready_.back() = {&window, window.cursor, std::move(page)};
    }
  } catch (...) {
    // The first error counts: later ones result from the cancellation that it causes.
    if (!stopping_) {
      error_ = std::current_exception();
    }
    stopping_ = true;
    cancellation_.cancel();
    changed_.notify_all();
    return;
  }
  changed_.notify_all();
  // No more is held back for a reader who is slow than a page for each thread.
  changed_.wait(lock, [this] { return ready_.size() <= concurrency_ || stopping_; });
}

void ParallelPages::handedOut(const CandidatePage& page, std::size_t position) {
  if (position + 1 == page.data.size()) {
    const std::lock_guard<std::mutex> lock(mutex_);
    windows_.handedOut(*window_, window_cursor_);
  }
}

std::optional<std::string> ParallelPages::cursor() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return windows_.cursor();
}

}  // namespace heymilo::detail
