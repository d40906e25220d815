#include "sequential_pages.hpp"

#include <algorithm>
#include <functional>
#include <system_error>
#include <utility>

#include "heymilo/errors.hpp"

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

SequentialPages::SequentialPages(CandidatePageLoader loader,
                                 std::optional<std::string> starting_after)
    : load_(std::move(loader)), cursor_(starting_after), page_cursor_(std::move(starting_after)) {
  if (page_cursor_) {
    page_cursors_.add(*page_cursor_);
  }
}

SequentialPages::~SequentialPages() {
  if (ahead_.valid()) {
    ahead_cancellation_.cancel();
    ahead_.wait();
  }
}

bool SequentialPages::next(CandidatePage& page) {
  if (at_end_) {
    return false;
  }
  CandidatePage fetched = take();
  if (fetched.pagination.has_more) {
    if (fetched.data.empty()) {
      throw PaginationError("a page of the list is empty although more are said to follow");
    }
    const std::string& last = fetched.data.back().interview_id;
    if (!page_cursors_.add(last)) {
      throw PaginationError("a cursor of the list comes round again");
    }
    page_cursor_ = last;
  }
  at_end_ = !fetched.pagination.has_more;
  ++pages_;
  page = std::move(fetched);
  return true;
}

CandidatePage SequentialPages::take() {
  if (!ahead_.valid()) {
    return load_(page_cursor_, CancellationToken());
  }
  return ahead_.get();  // rethrows, and leaves the future invalid: the next try loads again
}

void SequentialPages::handedOut(const CandidatePage& page, std::size_t position) {
  cursor_ = page.data[position].interview_id;
  // Who reads on past the first page will most likely read all. Until then a page is not asked for
  // that may never be read: each costs a request of the quota.
  const bool wanted = pages_ > 1 || position >= page.data.size() / 2;
  if (prefetch_ && wanted && !at_end_ && !ahead_.valid()) {
    fetchAhead();
  }
}

void SequentialPages::fetchAhead() {
  ahead_cancellation_ = CancellationSource();
  try {
    ahead_ = std::async(std::launch::async,
                        [this, cursor = page_cursor_, token = ahead_cancellation_.token()] {
                          return load_(cursor, token);
                        });
  } catch (const std::system_error&) {
    // No thread is to be had: the page is fetched when it is reached.
  }
}

}  // namespace heymilo::detail
