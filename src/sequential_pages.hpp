#pragma once

#include <cstdint>
#include <future>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/pagination.hpp"
#include "page_source.hpp"

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
  SequentialPages(CandidatePageLoader loader, std::optional<std::string> starting_after);
  ~SequentialPages() override;
  SequentialPages(const SequentialPages&) = delete;
  SequentialPages& operator=(const SequentialPages&) = delete;

  bool next(CandidatePage& page) override;
  void handedOut(const CandidatePage& page, std::size_t position) override;
  std::optional<std::string> cursor() const override { return cursor_; }
  void setPrefetch(bool on) override { prefetch_ = on; }

 private:
  CandidatePage take();
  void fetchAhead();

  const CandidatePageLoader load_;
  bool prefetch_ = true;
  std::optional<std::string> cursor_;       // of the last candidate handed out
  std::optional<std::string> page_cursor_;  // of the page to fetch next
  CursorHistory page_cursors_;
  std::size_t pages_ = 0;  // fetched and checked
  bool at_end_ = false;    // the latest page is the last
  CancellationSource ahead_cancellation_;
  std::future<CandidatePage> ahead_;  // the next page
};

}  // namespace heymilo::detail
