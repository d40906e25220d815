#pragma once

#include <cstdint>
#include <exception>
#include <future>
#include <thread>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/pagination.hpp"
#include "paging/page_source.hpp"

namespace heymilo::detail {

/// The cursors of a list that came so far. Eight bytes for each: a walk over a million candidates
/// remembers ten thousand.
class CursorHistory {
 public:
  /// False where it has come before.
  bool add(const std::string& cursor);

 private:
  std::vector<std::uint64_t> hashes_;  // in order
};

/// One page after the other, each behind the last candidate of the one before. The next one is
/// fetched on a thread of its own while the current one is read.
class SequentialPages final : public PageSource {
 public:
  /// `params`: as the loader is given them, but for the cursor, which begins with theirs. One
  /// without a `limit` is not asked for larger pages.
  SequentialPages(CandidateWindowLoader loader, ListCandidatesParams params);
  ~SequentialPages() override;
  SequentialPages(const SequentialPages&) = delete;
  SequentialPages& operator=(const SequentialPages&) = delete;

  bool next(LoadedPage& page) override;
  void handedOut(const CandidatePage& page, std::size_t position) override;
  std::optional<std::string> cursor() const override { return cursor_; }
  void setPrefetch(bool on) override { prefetch_ = on; }
  void setTolerant(bool on) override { tolerant_ = on; }

 private:
  LoadedPage take();
  LoadedPage load(const std::optional<std::string>& cursor,
                  const CancellationToken& cancellation) const;
  void cutAtTheError(LoadedPage& page);
  void fetchAhead();

  const CandidateWindowLoader load_;
  const ListCandidatesParams params_;  // starting_after is not used
  bool prefetch_ = true;
  bool tolerant_ = false;
  std::optional<std::string> cursor_;       // of the last candidate handed out
  std::optional<std::string> page_cursor_;  // of the page to fetch next
  CursorHistory page_cursors_;
  std::size_t pages_ = 0;     // fetched and checked
  bool at_end_ = false;       // the latest page is the last
  std::exception_ptr error_;  // comes after the latest page
  CancellationSource ahead_cancellation_;
  std::future<LoadedPage> ahead_;  // the next page
  std::thread ahead_thread_;       // fetches it; joinable as long as ahead_ is valid
};

}  // namespace heymilo::detail
