#include "heymilo/pagination.hpp"

#include <limits>
#include <utility>

#include "heymilo/errors.hpp"
#include "paging/page_source.hpp"
#include "paging/parallel_pages.hpp"
#include "paging/sequential_pages.hpp"

namespace heymilo {

namespace detail {

/// A walk over a list: its current page and position. Not thread-safe.
class CandidateWalk {
 public:
  explicit CandidateWalk(std::unique_ptr<PageSource> source) : source_(std::move(source)) {}

  void setPrefetch(bool on) { source_->setPrefetch(on); }
  void setUnreadableHandler(UnreadableHandler handler) {
    handler_ = std::move(handler);
    source_->setTolerant(handler_ != nullptr);
  }
  std::optional<std::string> cursor() const { return source_->cursor(); }

  /// Moves to the first candidate that was not returned; false at the end.
  bool nextCandidate() {
    leaveCurrent();
    while (position_ >= page().data.size()) {
      reportUnreadable(kAll);
      if (!nextPage()) {
        return false;
      }
    }
    reportUnreadable(position_);
    handOut(position_);
    return true;
  }

  CandidateResponse& candidate() noexcept { return page().data[position_]; }

  /// Moves to the remaining candidates of the current page or, if there are none, to the next page;
  /// false at the end.
  bool nextWholePage() {
    leaveCurrent();
    reportUnreadable(kAll);
    if (position_ < page().data.size()) {
      page().data.erase(page().data.begin(),
                        page().data.begin() + static_cast<std::ptrdiff_t>(position_));
      position_ = 0;
    }
    while (page().data.size() <= position_) {  // an empty list has one page, which is empty
      if (!nextPage()) {
        return false;
      }
      reportUnreadable(kAll);
    }
    handOut(page().data.size() - 1);
    return true;
  }

  CandidatePage& page() noexcept { return loaded_.page; }

 private:
  static constexpr std::size_t kAll = (std::numeric_limits<std::size_t>::max)();

  void leaveCurrent() noexcept {
    if (handed_out_) {
      ++position_;
      handed_out_ = false;
    }
  }

  bool nextPage() {
    if (!source_->next(loaded_)) {
      return false;
    }
    position_ = 0;
    reported_ = 0;
    return true;
  }

  /// Reports the unreadable candidates before the page's `position`-th candidate, or all; each
  /// once.
  void reportUnreadable(std::size_t position) {
    while (reported_ < loaded_.unreadable.size() &&
           loaded_.unreadable[reported_].before <= position) {
      const UnreadableCandidate& candidate = loaded_.unreadable[reported_++].candidate;
      if (!handler_) {  // unset while the page was being fetched
        throw DecodeError(candidate.error);
      }
      handler_(candidate);
    }
  }

  /// The candidates up to `position` have been returned to the user.
  void handOut(std::size_t position) {
    position_ = position;
    handed_out_ = true;
    source_->handedOut(page(), position);
  }

  const std::unique_ptr<PageSource> source_;
  UnreadableHandler handler_;
  LoadedPage loaded_;
  std::size_t reported_ = 0;  // of loaded_.unreadable
  std::size_t position_ = 0;  // the first candidate not returned, or the current one
  bool handed_out_ = false;   // position_ is the current candidate
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

namespace {

template <class Loader>
Loader checked(Loader loader) {
  if (!loader) {
    throw InvalidArgumentError("loader", "must be set");
  }
  return loader;
}

ListCandidatesParams startingAfter(std::optional<std::string> cursor) {
  ListCandidatesParams params;
  params.starting_after = std::move(cursor);
  return params;
}

}  // namespace

CandidateRange::CandidateRange(CandidatePageLoader loader,
                               std::optional<std::string> starting_after)
    : walk_(std::make_shared<detail::CandidateWalk>(std::make_unique<detail::SequentialPages>(
          [load = checked(std::move(loader))](const ListCandidatesParams& params,
                                              const CancellationToken& cancellation) {
            return load(params.starting_after, cancellation);
          },
          startingAfter(std::move(starting_after))))) {}
CandidateRange::CandidateRange(CandidateWindowLoader loader, ListCandidatesParams params)
    : walk_(std::make_shared<detail::CandidateWalk>(std::make_unique<detail::SequentialPages>(
          checked(std::move(loader)), std::move(params)))) {}
CandidateRange::CandidateRange(CandidateWindowLoader loader, ListCandidatesParams params,
                               std::size_t concurrency)
    : walk_(std::make_shared<detail::CandidateWalk>(std::make_unique<detail::ParallelPages>(
          checked(std::move(loader)), std::move(params), concurrency))) {}
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
CandidateRange& CandidateRange::onUnreadable(UnreadableHandler handler) & {
  walk_->setUnreadableHandler(std::move(handler));
  return *this;
}
CandidateRange CandidateRange::onUnreadable(UnreadableHandler handler) && {
  walk_->setUnreadableHandler(std::move(handler));
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
