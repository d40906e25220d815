#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "heymilo/models/candidate.hpp"
#include "heymilo/models/envelope.hpp"

namespace heymilo::detail {

using CandidatePage = ListResponse<CandidateResponse>;

/// Where a walk's pages come from. For one thread at a time.
class PageSource {
 public:
  virtual ~PageSource() = default;

  /// Fetches and checks the next page; false at the end. What it throws leaves it as it was: the
  /// next call tries again.
  virtual bool next(CandidatePage& page) = 0;

  /// The candidates of the latest page up to `position` have been handed out.
  virtual void handedOut(const CandidatePage& page, std::size_t position) = 0;

  /// What resumes the walk behind all that was handed out.
  virtual std::optional<std::string> cursor() const = 0;

  virtual void setPrefetch(bool on) = 0;
};

}  // namespace heymilo::detail
