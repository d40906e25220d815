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

/// An unreadable candidate of a page, and its position among the readable ones.
struct UnreadableInPage {
  UnreadableCandidate candidate;
  std::size_t before = 0;  ///< number of readable ones before it in the page
};

/// A page, with the result of a second reading.
struct LoadedPage {
  CandidatePage page{};                        ///< the readable candidates
  std::vector<UnreadableInPage> unreadable{};  ///< in the order of the list
  /// The cursor of the next page; empty if no interview_id of the page is known.
  std::optional<std::string> next{};
  std::exception_ptr error{};  ///< of the first reading, if there was a second
};

/// The source of a walk's pages. Not thread-safe.
class PageSource {
 public:
  virtual ~PageSource() = default;

  /// Fetches and checks the next page; false at the end. If it throws, the state is unchanged: the
  /// next call retries.
  virtual bool next(LoadedPage& page) = 0;

  /// The candidates of the latest page up to `position` have been returned.
  virtual void handedOut(const CandidatePage& page, std::size_t position) = 0;

  /// The cursor that resumes the walk after the last returned candidate.
  virtual std::optional<std::string> cursor() const = 0;

  virtual void setPrefetch(bool on) = 0;

  /// Whether unreadable candidates are reported with their page. Off: such a page is a DecodeError.
  virtual void setTolerant(bool on) = 0;
};

}  // namespace heymilo::detail
