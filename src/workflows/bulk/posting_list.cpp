#include "workflows/bulk/posting_list.hpp"

#include <iterator>
#include <utility>

namespace heymilo::workflows {

PostingList::PostingList(const Client& client, const std::string& posting_id, const KeyRule& rule,
                         ApiClock& api_clock, CancellationToken end)
    : client_(client),
      posting_id_(posting_id),
      rule_(rule),
      api_clock_(api_clock),
      end_(std::move(end)) {}

RequestOptions PostingList::requestOptions() const {
  RequestOptions options;
  options.cancellation = end_;
  options.priority = Priority::bulk;
  return options;
}

ListedPage PostingList::read(const Listing& listing) {
  if (listing.probe) {
    return probe();
  }
  if (listing.first) {
    open(listing);
  }
  try {
    if (at_) {
      ++*at_;
    } else {
      at_ = pages_->begin();  // or again, after an error: at the first page that was not read
    }
  } catch (...) {
    at_.reset();
    throw;
  }
  ListedPage page;
  page.last = *at_ == pages_->end();
  if (!page.last) {
    anybody_ = true;
    ListResponse<CandidateResponse>& response = **at_;
    requests_ += static_cast<std::uint64_t>(response.http.attempts);
    api_clock_.hear(response.http.headers);
    for (CandidateResponse& candidate : response.data) {
      if (std::optional<std::string> key = rule_.identify(candidate).key) {
        page.shown.push_back({std::move(*key),
                              std::move(candidate.interview_id),
                              candidate.interview_url.value_or(std::string()),
                              candidate.created_at});
      }
    }
    page.last = !response.pagination.has_more;
  } else if (!anybody_) {  // a list of nobody has no page
    ++requests_;
  }
  std::move(readable_in_part_.begin(), readable_in_part_.end(), std::back_inserter(page.shown));
  readable_in_part_.clear();
  page.unreadable = std::exchange(nobody_, 0);
  return page;
}

/// What is wanted is the API's time.
ListedPage PostingList::probe() {
  ListCandidatesParams params;
  params.limit = 1;
  ++requests_;
  try {
    api_clock_.hear(client_.listCandidates(posting_id_, params, requestOptions()).http.headers);
  } catch (const DecodeError& error) {  // only the Date is needed
    api_clock_.hear(error.http().headers);
  }
  return {};
}

void PostingList::open(const Listing& listing) {
  at_.reset();
  pages_.reset();
  range_.reset();
  readable_in_part_.clear();
  nobody_ = 0;
  anybody_ = false;
  ListCandidatesParams params;
  params.created_after = listing.created_after;
  range_.emplace(client_.listAllCandidates(posting_id_, std::move(params), requestOptions()));
  range_->onUnreadable([this](const UnreadableCandidate& candidate) { show(candidate); });
  pages_.emplace(range_->pages());
}

/// A candidate that can't be read: its key may be readable all the same.
void PostingList::show(const UnreadableCandidate& candidate) {
  const RecognisedKey known = rule_.identify(candidate);
  if (!known.known || !candidate.interview_id) {
    ++nobody_;
    unreadable_ = candidate.error;
    return;
  }
  if (known.key) {
    ShownKey shown;
    shown.key = *known.key;
    shown.interview_id = *candidate.interview_id;
    const auto url = candidate.readable.find("interview_url");
    if (url != candidate.readable.end() && url->is_string()) {
      shown.interview_url = url->get<std::string>();
    }
    shown.created_at = candidate.created_at;
    readable_in_part_.push_back(std::move(shown));
  }
}

}  // namespace heymilo::workflows
