#include "paging/sequential_pages.hpp"

#include <algorithm>
#include <functional>
#include <system_error>
#include <utility>

#include "heymilo/errors.hpp"
#include "paging/second_reading.hpp"

namespace heymilo::detail {

bool CursorHistory::add(const std::string& cursor) {
  const std::uint64_t hash = std::hash<std::string>{}(cursor);
  const auto place = std::lower_bound(hashes_.begin(), hashes_.end(), hash);
  if (place != hashes_.end() && *place == hash) {
    return false;
  }
  hashes_.insert(place, hash);
  return true;
}

SequentialPages::SequentialPages(CandidateWindowLoader loader, ListCandidatesParams params)
    : load_(std::move(loader)),
      params_(std::move(params)),
      cursor_(params_.starting_after),
      page_cursor_(params_.starting_after) {
  if (page_cursor_) {
    page_cursors_.add(*page_cursor_);
  }
}

SequentialPages::~SequentialPages() {
  if (ahead_thread_.joinable()) {
    ahead_cancellation_.cancel();
    ahead_thread_.join();
  }
}

bool SequentialPages::next(LoadedPage& page) {
  if (error_) {
    std::rethrow_exception(std::exchange(error_, nullptr));
  }
  if (at_end_) {
    return false;
  }
  LoadedPage fetched = take();
  if (fetched.error && !tolerant_) {
    cutAtTheError(fetched);
  }
  const bool more = fetched.page.pagination.has_more;
  if (more) {
    if (!fetched.next) {
      throw PaginationError("empty page although has_more is true");
    }
    if (!page_cursors_.add(*fetched.next)) {
      throw PaginationError("repeated cursor: the list would never end");
    }
    page_cursor_ = fetched.next;
  }
  at_end_ = !more;
  error_ = tolerant_ ? nullptr : fetched.error;
  ++pages_;
  page = std::move(fetched);
  return true;
}

/// Keeps the candidates before the first unreadable one: the error is thrown after them.
void SequentialPages::cutAtTheError(LoadedPage& page) {
  std::vector<CandidateResponse>& data = page.page.data;
  if (!page.unreadable.empty()) {
    data.resize(page.unreadable.front().before);
    page.unreadable.clear();
  }
  if (data.empty()) {
    std::rethrow_exception(page.error);
  }
  page.next = data.back().interview_id;
  page.page.pagination.has_more = true;
}

LoadedPage SequentialPages::take() {
  if (!ahead_.valid()) {
    return load(page_cursor_, CancellationToken());
  }
  ahead_thread_.join();
  return ahead_.get();  // rethrows; the future is then invalid, and the next call loads again
}

LoadedPage SequentialPages::load(const std::optional<std::string>& cursor,
                                 const CancellationToken& cancellation) const {
  ListCandidatesParams params = params_;
  params.starting_after = cursor;
  return loadTolerantly(load_, std::move(params), cancellation);
}

void SequentialPages::handedOut(const CandidatePage& page, std::size_t position) {
  cursor_ = page.data[position].interview_id;
  // A caller that reads past the first page will most likely read all pages. Until then nothing is
  // fetched ahead: an unneeded page would cost a request of the quota.
  const bool wanted = pages_ > 1 || position >= page.data.size() / 2;
  if (prefetch_ && wanted && !at_end_ && !error_ && !ahead_.valid()) {
    fetchAhead();
  }
}

void SequentialPages::fetchAhead() {
  ahead_cancellation_ = CancellationSource();
  std::packaged_task<LoadedPage()> fetch(
      [this, cursor = page_cursor_, token = ahead_cancellation_.token()] {
        return load(cursor, token);
      });
  std::future<LoadedPage> page = fetch.get_future();
  try {
    // Not std::async(): libc++'s never returns if no thread can be started.
    ahead_thread_ = std::thread(std::move(fetch));
    ahead_ = std::move(page);
  } catch (const std::system_error&) {
    // No thread can be started: the page is fetched when it is needed.
  }
}

}  // namespace heymilo::detail
