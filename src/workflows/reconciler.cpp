#include "workflows/reconciler.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/marked_record.hpp"

namespace heymilo::workflows {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A Date header is to the second, and as old as the way of its answer is long.
constexpr seconds kDatePrecision{5};
constexpr milliseconds kSettlingTime{15'000};
constexpr milliseconds kQueueSettlingTime{120'000};

}  // namespace

Reconciler::Reconciler(const Client& client, const std::string& posting_id,
                       const BulkIngestOptions& options, Journal& journal, RunControl& control)
    : client_(client),
      posting_id_(posting_id),
      options_(options),
      journal_(journal),
      control_(control) {}

void Reconciler::run(const std::function<void(std::string_view)>& meanwhile) {
  if (journal_.count(RecordState::in_flight) == 0 || control_.over()) {
    return;
  }
  // Whatever is under way was sent before this moment, perhaps by a process that is no more.
  const Clock::TimePoint began = client_.clock().now();
  try {
    const Timestamp from = lookFrom();
    if (!look(from, meanwhile)) {
      return;
    }
    if (journal_.count(RecordState::in_flight) != 0) {
      const milliseconds settling =
          options_.settling_time.value_or(options_.async ? kQueueSettlingTime : kSettlingTime);
      const auto passed = std::chrono::duration_cast<milliseconds>(client_.clock().now() - began);
      control_.wait(std::max(settling - passed, milliseconds{0}), [&] { meanwhile("settling"); });
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

Timestamp Reconciler::lookFrom() {
  const Timestamp sent = journal_.oldestInFlight().value_or(now());
  ListCandidatesParams params;
  params.limit = 1;
  RequestOptions request;
  request.cancellation = options_.stop;
  ++requests_;
  Headers headers;
  try {
    headers = client_.listCandidates(posting_id_, params, request).http.headers;
  } catch (const DecodeError& error) {  // only its Date is of interest
    headers = error.http().headers;
  }
  if (const auto ahead = apiClockAhead(headers, now())) {
    return sent + *ahead - std::min<microseconds>(kDatePrecision, options_.clock_margin);
  }
  return sent - options_.clock_margin;
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
  journal_.recognise({one});
}

bool Reconciler::look(Timestamp from, const std::function<void(std::string_view)>& meanwhile) {
  ListCandidatesParams params;
  params.created_after = from;
  RequestOptions request;
  request.cancellation = options_.stop;
  CandidateRange range = client_.listAllCandidates(posting_id_, params, std::move(request));
  doubt_.reset();
  range.onUnreadable([this](const UnreadableCandidate& candidate) { recognise(candidate); });
  for (ListResponse<CandidateResponse>& page : range.pages()) {
    requests_ += static_cast<std::uint64_t>(page.http.attempts);
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
    }
    journal_.recognise(shown);
    meanwhile("looking");
    if (control_.over()) {
      return false;
    }
    if (journal_.count(RecordState::in_flight) == 0) {
      return true;  // nothing is left to look for
    }
  }
  return true;
}

}  // namespace heymilo::workflows
