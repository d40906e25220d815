#include "workflows/bulk/posting_list.hpp"

#include <iterator>
#include <utility>

namespace heymilo::workflows {

namespace {

std::string referenceOf(const CandidateResponse& candidate) {
  if (candidate.metadata) {
    const auto found = candidate.metadata->find(kReference);
    return found == candidate.metadata->end() ? std::string() : found->second;
  }
  return {};
}

/// Of one whose metadata can be read.
std::string referenceOf(const UnreadableCandidate& candidate) {
  const auto metadata = candidate.readable.find("metadata");
  return metadata != candidate.readable.end() && metadata->is_object()
             ? metadata->value(kReference, std::string())
             : std::string();
}

}  // namespace

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
      show(candidate, page);
    }
    page.last = !response.pagination.has_more;
  } else if (!anybody_) {  // a list of nobody has no page
    ++requests_;
  }
  std::move(readable_in_part_.begin(), readable_in_part_.end(), std::back_inserter(page.shown));
  readable_in_part_.clear();
  page.unreadable = std::exchange(nobody_, 0);
  page.foreign += std::exchange(foreign_in_part_, 0);
  return page;
}

void PostingList::show(CandidateResponse& candidate, ListedPage& page) {
  RecognisedKey known = rule_.identify(candidate);
  if (known.key) {
    page.shown.push_back({std::move(*known.key),
                          std::move(candidate.interview_id),
                          candidate.interview_url.value_or(std::string()),
                          candidate.created_at});
  } else {
    page.foreign += isForeign(known.reference, referenceOf(candidate)) ? 1U : 0U;
  }
}

/// Whether it was ingested by somebody who goes by other keys than this rule.
bool PostingList::isForeign(Reference kind, const std::string& reference) {
  if (kind == Reference::mark_01) {
    if (journals_01_.count(std::string(journalOfMark01(reference))) != 0) {
      return false;
    }
    ++foreign_.of_01;
    return true;
  }
  if (kind != Reference::other) {
    return false;
  }
  ++foreign_.by_other_keys;
  foreign_.key = std::string(ruleOf(reference).value_or(""));
  return true;
}

/// What is wanted is the API's time. Where it shows a foreign candidate, that is told at once.
ListedPage PostingList::probe() {
  ListCandidatesParams params;
  params.limit = 1;
  ++requests_;
  foreign_ = {};
  ListedPage page;
  try {
    ListResponse<CandidateResponse> response =
        client_.listCandidates(posting_id_, params, requestOptions());
    api_clock_.hear(response.http.headers);
    page.anybody = !response.data.empty();
    for (CandidateResponse& candidate : response.data) {
      const RecognisedKey known = rule_.identify(candidate);
      page.foreign += !known.key && isForeign(known.reference, referenceOf(candidate)) ? 1U : 0U;
    }
  } catch (const DecodeError& error) {
    page.anybody = true;
    api_clock_.hear(error.http().headers);
  }
  return page;
}

void PostingList::open(const Listing& listing) {
  at_.reset();
  pages_.reset();
  range_.reset();
  readable_in_part_.clear();
  nobody_ = 0;
  foreign_in_part_ = 0;
  anybody_ = false;
  foreign_ = {};
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
  if (!known.key) {
    foreign_in_part_ += isForeign(known.reference, referenceOf(candidate)) ? 1U : 0U;
  } else {
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
