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

/// The cursors that the list has returned so far. Eight bytes each: a walk over a million
/// candidates stores ten thousand.
class CursorHistory {
 public:
  /// False for a repeated cursor.
  bool add(const std::string& cursor);

 private:
  std::vector<std::uint64_t> hashes_;  // in order
};

/// One page after the other, each after the last candidate of the previous one. The next page is
/// fetched on a separate thread while the current one is read.
class SequentialPages final : public PageSource {
 public:
  /// `params`: for the loader, with the cursor to start from. Without a `limit`, larger pages are
  /// not requested.
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
  std::optional<std::string> cursor_;       // of the last returned candidate
  std::optional<std::string> page_cursor_;  // of the page to fetch next
  CursorHistory page_cursors_;
  std::size_t pages_ = 0;     // fetched and checked
  bool at_end_ = false;       // the latest page is the last
  std::exception_ptr error_;  // thrown after the latest page
  CancellationSource ahead_cancellation_;
  std::future<LoadedPage> ahead_;  // the next page
  std::thread ahead_thread_;       // fetches it; joinable as long as ahead_ is valid
};

}  // namespace heymilo::detail
