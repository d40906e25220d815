#include "heymilo/pagination.hpp"

#include <functional>
#include <future>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "heymilo/errors.hpp"

namespace heymilo {

namespace detail {

/// A walk over a list: the page it is at, how far it has come, and the page that is being fetched.
/// For one thread at a time.
class CandidateWalk {
 public:
  using Page = ListResponse<CandidateResponse>;

  CandidateWalk(CandidatePageLoader loader, std::optional<std::string> starting_after)
      : load_(std::move(loader)), cursor_(starting_after) {
    if (starting_after) {
      setPageCursor(*starting_after);
    }
  }

  ~CandidateWalk() { abandon(); }
  CandidateWalk(const CandidateWalk&) = delete;
  CandidateWalk& operator=(const CandidateWalk&) = delete;

  void setPrefetch(bool on) { prefetch_ = on; }
  const std::optional<std::string>& cursor() const noexcept { return cursor_; }

  /// Makes the first candidate that was not handed out the current one; false at the end.
  bool nextCandidate() {
    leaveCurrent();
    while (position_ >= page_.data.size()) {
      if (!nextPage()) {
        return false;
      }
    }
    handOut(position_);
    return true;
  }

  CandidateResponse& candidate() noexcept { return page_.data[position_]; }

  /// Makes the candidates of the current page that were not handed out, or else the next page, the
  /// current page; false at the end.
  bool nextWholePage() {
    leaveCurrent();
    if (position_ < page_.data.size()) {
      page_.data.erase(page_.data.begin(),
                       page_.data.begin() + static_cast<std::ptrdiff_t>(position_));
      position_ = 0;
    } else if (!nextPage()) {
      return false;
    }
    if (page_.data.empty()) {
      return nextWholePage();  // the last page of an empty list: it ends here
    }
    handOut(page_.data.size() - 1);
    return true;
  }

  Page& page() noexcept { return page_; }

 private:
  /// The next page is the one behind `cursor`; false where an earlier one was, too.
  bool setPageCursor(const std::string& cursor) {
    // A hash is kept for each page, not the text: a walk over a million candidates stays small.
    if (!page_cursors_.insert(std::hash<std::string>{}(cursor)).second) {
      return false;
    }
    page_cursor_ = cursor;
    return true;
  }

  void leaveCurrent() noexcept {
    if (handed_out_) {
      ++position_;
      handed_out_ = false;
    }
  }

  /// Fetches and checks the page behind the last one; false where there is none.
  bool nextPage() {
    if (at_end_) {
      return false;
    }
    Page page = take();
    if (page.pagination.has_more && page.data.empty()) {
      throw PaginationError("a page of the list is empty although more are said to follow");
    }
    if (page.pagination.has_more) {
      const std::string& last = page.data.back().interview_id;
      if (!setPageCursor(last)) {
        throw PaginationError("a cursor of the list comes round again");
      }
    }
    at_end_ = !page.pagination.has_more;
    page_ = std::move(page);
    position_ = 0;
    ++pages_;
    return true;
  }

  Page take() {
    if (!ahead_.valid()) {
      return load_(page_cursor_, CancellationToken());
    }
    return ahead_.get();  // rethrows, and leaves the future invalid: the next try loads again
  }

  /// The candidates up to `position` are the user's now.
  void handOut(std::size_t position) {
    position_ = position;
    handed_out_ = true;
    cursor_ = page_.data[position].interview_id;
    // Who reads on past the first page will most likely read all. Until then a page is not asked
    // for that may never be read: each costs a request of the quota.
    const bool wanted = pages_ > 1 || position >= page_.data.size() / 2;
    if (prefetch_ && wanted && !at_end_ && !ahead_.valid()) {
      fetchAhead();
    }
  }

  void fetchAhead() {
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

  /// Gives up the page that is being fetched, and waits until the fetch is over.
  void abandon() noexcept {
    if (ahead_.valid()) {
      ahead_cancellation_.cancel();
      ahead_.wait();
      ahead_ = {};
    }
  }

  const CandidatePageLoader load_;
  bool prefetch_ = true;
  std::optional<std::string> cursor_;             // of the last candidate handed out
  std::optional<std::string> page_cursor_;        // of the page to fetch next
  std::unordered_set<std::size_t> page_cursors_;  // all of them so far, as hashes
  Page page_;
  std::size_t position_ = 0;  // the first candidate not handed out, or the current one
  bool handed_out_ = false;   // position_ is the current one
  std::size_t pages_ = 0;     // fetched and checked
  bool at_end_ = false;       // the current page is the last
  CancellationSource ahead_cancellation_;
  std::future<Page> ahead_;  // the next page
};

}  // namespace detail

CandidatePages::CandidatePages(std::shared_ptr<detail::CandidateWalk> walk)
    : walk_(std::move(walk)) {}
CandidatePages::iterator CandidatePages::begin() {
  return iterator(walk_->nextWholePage() ? walk_.get() : nullptr);
}
CandidatePages::iterator::iterator(detail::CandidateWalk* walk) : walk_(walk) {}
CandidatePages::iterator::reference CandidatePages::iterator::operator*() const {
  return walk_->page();
}
CandidatePages::iterator& CandidatePages::iterator::operator++() {
  if (!walk_->nextWholePage()) {
    walk_ = nullptr;
  }
  return *this;
}

CandidateRange::CandidateRange(CandidatePageLoader loader,
                               std::optional<std::string> starting_after)
    : walk_(std::make_shared<detail::CandidateWalk>(std::move(loader), std::move(starting_after))) {
}
CandidateRange::~CandidateRange() = default;
CandidateRange::CandidateRange(CandidateRange&&) noexcept = default;
CandidateRange& CandidateRange::operator=(CandidateRange&&) noexcept = default;
CandidateRange::iterator CandidateRange::begin() {
  return iterator(walk_->nextCandidate() ? walk_.get() : nullptr);
}
CandidateRange& CandidateRange::prefetch(bool on) & {
  walk_->setPrefetch(on);
  return *this;
}
CandidateRange CandidateRange::prefetch(bool on) && {
  walk_->setPrefetch(on);
  return std::move(*this);
}
CandidatePages CandidateRange::pages() { return CandidatePages(walk_); }
std::optional<std::string> CandidateRange::cursor() const { return walk_->cursor(); }
CandidateRange::iterator::iterator(detail::CandidateWalk* walk) : walk_(walk) {}
CandidateRange::iterator::reference CandidateRange::iterator::operator*() const {
  return walk_->candidate();
}
CandidateRange::iterator& CandidateRange::iterator::operator++() {
  if (!walk_->nextCandidate()) {
    walk_ = nullptr;
  }
  return *this;
}

}  // namespace heymilo
