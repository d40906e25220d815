#include "workflows/bulk/reconciler.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/bulk/marked_record.hpp"

namespace heymilo::workflows {

namespace {

using std::chrono::milliseconds;

// A request that has ended here, by a reset, has packets under way for some seconds more. What the
// other side has taken by then, it may carry out for as long as proxies wait for a response: by
// default Heroku 30 s, API Gateway 29 s, nginx and AWS load balancers 60 s, Cloudflare 100 s and
// lately 120 s. (The timeout of an attempt does not count: it was over when the request ended.) An
// API that needs longer does not work behind those, so that its requests are not longer either.
constexpr milliseconds kUnderWay{5'000};
constexpr milliseconds kOtherSide{120'000};
// Nothing bounds a queue. This is for one that has no backlog; where records that were queued by
// the same run have not shown up, no time is long enough: see Journal::settle().
constexpr milliseconds kQueue{600'000};

}  // namespace

Reconciler::Reconciler(const Client& client, const std::string& posting_id,
                       const BulkIngestOptions& options, Journal& journal, ApiClock& api_clock,
                       RunControl& control)
    : client_(client),
      posting_id_(posting_id),
      options_(options),
      journal_(journal),
      api_clock_(api_clock),
      control_(control) {}

void Reconciler::probe() {
  if (journal_.count(RecordState::in_flight) == 0 || control_.over()) {
    return;
  }
  ListCandidatesParams params;
  params.limit = 1;
  RequestOptions request;
  request.cancellation = options_.stop;
  request.priority = Priority::bulk;
  ++requests_;
  try {
    api_clock_.hear(client_.listCandidates(posting_id_, params, request).http.headers);
  } catch (const DecodeError& error) {  // only its Date is of interest
    api_clock_.hear(error.http().headers);
  } catch (const CancelledError&) {
    if (!control_.stopped()) {
      throw;
    }
  }
}

void Reconciler::run(Clock::TimePoint ended,
                     const std::function<void(std::string_view)>& meanwhile) {
  if (journal_.count(RecordState::in_flight) == 0 || control_.over()) {
    return;
  }
  agreeing_.clear();
  disagreeing_.clear();
  try {
    std::optional<Timestamp> from = lookFrom();
    if (!look(from, meanwhile)) {
      return;
    }
    if (journal_.count(RecordState::in_flight) != 0) {
      const milliseconds settling =
          options_.settling_time.value_or(kUnderWay + (options_.async ? kQueue : kOtherSide));
      const auto passed = std::chrono::floor<milliseconds>(client_.clock().now() - ended);
      control_.wait(std::max(settling - passed, milliseconds{0}), [&] { meanwhile("settling"); });
      if (from && !timesAreProven()) {
        from.reset();
      }
      if (control_.over() || !look(from, meanwhile)) {
        return;
      }
    }
  } catch (const CancelledError&) {
    if (!control_.stopped()) {
      throw;
    }
    return;
  }
  if (doubt_ && journal_.count(RecordState::in_flight) != 0) {
    throw DecodeError(*doubt_);
  }
  journal_.settle();
}

std::optional<Timestamp> Reconciler::lookFrom() {
  // A Date is to the second, and as old as its response took.
  constexpr std::chrono::minutes kBehind{2};
  const std::optional<Journal::SendingTimes> sent = journal_.sendingTimes();
  const std::optional<Timestamp> now = api_clock_.now();
  const bool contradicted =
      api_clock_.contradictory() || (sent && now && sent->last > *now + kBehind);
  if (!sent || contradicted) {
    return std::nullopt;
  }
  const Timestamp from = sent->first - options_.clock_margin;
  return from > Timestamp() ? std::optional(from) : std::nullopt;
}

void Reconciler::recognise(const UnreadableCandidate& candidate) {
  const auto readable = [&](const char* property) {
    const auto& faulty = candidate.unreadable_properties;
    return !faulty.empty() && std::find(faulty.begin(), faulty.end(), property) == faulty.end();
  };
  if (!candidate.interview_id || !readable("metadata") || !readable("email")) {
    doubt_ = candidate.error;
    return;
  }
  Journal::Shown one;
  const auto metadata = candidate.readable.find("metadata");
  if (metadata != candidate.readable.end() && metadata->is_object() &&
      metadata->contains(options_.mark)) {
    one.mark = metadata->at(options_.mark).get<std::string>();
  }
  one.email_hash = emailHash(candidate.readable.at("email").get<std::string>());
  one.interview_id = *candidate.interview_id;
  const auto url = candidate.readable.find("interview_url");
  if (url != candidate.readable.end() && url->is_string()) {
    one.interview_url = url->get<std::string>();
  }
  compare(journal_.recognise({one}, options_.clock_margin));
}

bool Reconciler::look(std::optional<Timestamp> from,
                      const std::function<void(std::string_view)>& meanwhile) {
  ListCandidatesParams params;
  params.created_after = from;
  RequestOptions request;
  request.cancellation = options_.stop;
  request.priority = Priority::bulk;
  CandidateRange range = client_.listAllCandidates(posting_id_, params, std::move(request));
  doubt_.reset();
  range.onUnreadable([this](const UnreadableCandidate& candidate) { recognise(candidate); });
  bool empty = true;
  for (ListResponse<CandidateResponse>& page : range.pages()) {
    empty = false;
    requests_ += static_cast<std::uint64_t>(page.http.attempts);
    api_clock_.hear(page.http.headers);
    std::vector<Journal::Shown> shown;
    shown.reserve(page.data.size());
    for (CandidateResponse& candidate : page.data) {
      Journal::Shown& one = shown.emplace_back();
      if (candidate.metadata) {
        const auto mark = candidate.metadata->find(options_.mark);
        if (mark != candidate.metadata->end()) {
          one.mark = mark->second;
        }
      }
      one.email_hash = emailHash(candidate.email);
      one.interview_id = std::move(candidate.interview_id);
      one.interview_url = candidate.interview_url.value_or(std::string());
      one.created_at = candidate.created_at;
    }
    compare(journal_.recognise(shown, options_.clock_margin));
    meanwhile("looking");
    if (control_.over()) {
      return false;
    }
    if (journal_.count(RecordState::in_flight) == 0) {
      return true;  // nothing is left to look for
    }
  }
  if (empty) {  // a list of nobody has no page
    ++requests_;
  }
  return true;
}

void Reconciler::compare(const std::vector<Journal::Comparison>& comparisons) {
  // A candidate is created before the receipt comes. By as much as it seems to be earlier, the
  // Date headers may be ahead of the clock that created_at is from; the margin is for that, and
  // half of it is left to what the two have to do with each other at other moments.
  for (const Journal::Comparison& both : comparisons) {
    const bool agrees = both.created_at >= both.received_at - options_.clock_margin / 2;
    (agrees ? agreeing_ : disagreeing_).insert(both.run);
  }
}

bool Reconciler::timesAreProven() {
  const std::set<std::int64_t> runs = journal_.runsInFlight();
  return disagreeing_.empty() && !api_clock_.contradictory() &&
         std::all_of(runs.begin(), runs.end(), [this](std::int64_t run) {
           return agreeing_.count(run) != 0;
         });
}

}  // namespace heymilo::workflows
