#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/models/candidate.hpp"
#include "heymilo/models/envelope.hpp"
#include "heymilo/pagination.hpp"

namespace heymilo::detail {

using CandidatePage = ListResponse<CandidateResponse>;

/// A candidate of a page that can't be read, and its place among those that can.
struct UnreadableInPage {
  UnreadableCandidate candidate;
  std::size_t before = 0;  ///< so many readable ones of the page come before it
};

/// A page with what a second reading makes of it.
struct LoadedPage {
  CandidatePage page{};                        ///< those that can be read
  std::vector<UnreadableInPage> unreadable{};  ///< in the order of the list
  /// The cursor of the page that follows; empty where the page has nobody whose interview_id is
  /// known.
  std::optional<std::string> next{};
  std::exception_ptr error{};  ///< of the first reading, where there was a second
};

/// Where a walk's pages come from. For one thread at a time.
class PageSource {
 public:
  virtual ~PageSource() = default;

  /// Fetches and checks the next page; false at the end. What it throws leaves it as it was: the
  /// next call tries again.
  virtual bool next(LoadedPage& page) = 0;

  /// The candidates of the latest page up to `position` have been handed out.
  virtual void handedOut(const CandidatePage& page, std::size_t position) = 0;

  /// What resumes the walk behind all that was handed out.
  virtual std::optional<std::string> cursor() const = 0;

  virtual void setPrefetch(bool on) = 0;

  /// Whether pages come with what can't be read of them. Off: such a page is a DecodeError.
  virtual void setTolerant(bool on) = 0;
};

}  // namespace heymilo::detail
