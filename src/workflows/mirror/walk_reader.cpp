#include "workflows/mirror/walk_reader.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/api_limits.hpp"
#include "heymilo/errors.hpp"
#include "workflows/api_clock.hpp"

namespace heymilo::workflows {

namespace {

// A cursor is refused if its candidate has just been deleted, which is rare. Repeated refusals are
// reported as an error.
constexpr int kMaxRestarts = 5;

/// Statuses with which the API may refuse an unknown cursor; without a cursor they mean something
/// else.
bool refusesCursor(const StatusError& error) {
  constexpr int kBadRequest = 400, kNotFound = 404, kUnprocessable = 422;
  return error.status() == kBadRequest || error.status() == kNotFound ||
         error.status() == kUnprocessable;
}

/// The API sends no total_count: a parallel walk could not tell whether it has read the candidates
/// without a created_at, and would mark them as gone.
class NoTotals {};

/// The earlier of the API's time and this machine's, which may be wrong: an earlier time only
/// makes the next run read more.
void beganAt(MirrorWalk& walk, const std::optional<Timestamp>& date) {
  walk.started_at = std::min(walk.started_at, date.value_or(walk.started_at));
}

/// With a new number: candidates read before may be gone by now.
void beginAgain(MirrorWalk& walk) {
  ++walk.number;
  walk.began_at = walk.started_at = now();
  walk.cursor.clear();
  walk.unidentified = false;
  walk.oldest_unreadable.reset();
}

std::optional<std::uint64_t> totalOf(const ListResponse<CandidateResponse>& page) {
  const std::optional<std::int64_t> total = page.pagination.total_count;
  return total && *total >= 0 ? std::optional(static_cast<std::uint64_t>(*total)) : std::nullopt;
}

}  // namespace

WalkReader::WalkReader(const Client& client, std::string_view posting_id, MirrorSink& sink,
                       const MirrorOptions& options, MirrorResult& result)
    : client_(client), posting_id_(posting_id), sink_(sink), options_(options), result_(result) {}

bool WalkReader::read(MirrorWalk& walk) {
  for (int restarts = 0;;) {
    try {
      return readPages(walk);
    } catch (const NoTotals&) {
      totals_ = false;
    } catch (const CancelledError&) {
      if (!stop()) {
        throw;
      }
      return false;
    } catch (const StatusError& error) {
      if (walk.cursor.empty() || !refusesCursor(error) || restarts == kMaxRestarts) {
        throw;
      }
      ++restarts;
      ++requests_;
      beginAgain(walk);
    }
  }
}

bool WalkReader::readPages(MirrorWalk& walk) {
  CancellationSource given_up;
  const CancellationCallback on_stop(options_.stop, [&given_up] { given_up.cancel(); });
  MirrorProgress progress;
  progress.full = walk.full;
  const bool whole = walk.cursor.empty();
  std::uint64_t unreadable = 0;
  CandidateRange range = pagesOf(walk, given_up);
  range.onUnreadable([&](const UnreadableCandidate& candidate) {
    ++unreadable;
    meet(candidate, walk);
  });
  for (const auto& page : range.pages()) {
    if (whole && page.pagination.total_count && progress.walked == 0) {
      progress.expected = static_cast<std::uint64_t>(*page.pagination.total_count);
    }
    if (walk.cursor.empty()) {
      beganAt(walk, dateOf(page.http.headers));
    }
    walk.cursor = range.cursor().value();
    store(page.data, walk);
    progress.walked += page.data.size();
    tell(progress);
    if ((page.pagination.has_more || in_parallel_) && stop()) {
      return false;
    }
  }
  doubtful_ = doubtful_ || (walk.created_after && progress.expected &&
                            *progress.expected != progress.walked + unreadable);
  return true;
}

/// The remainder of the walk. A full walk is read in parallel, if its completeness can be verified.
/// A window is asked for to the next whole second: nobody is missed, however the API compares
/// fractions of a second.
CandidateRange WalkReader::pagesOf(const MirrorWalk& walk, CancellationSource& given_up) {
  ListCandidatesParams params;
  params.limit = api_limits::kMaxPage;
  params.created_after = walk.created_after;
  if (walk.created_before) {
    params.created_before = std::chrono::ceil<std::chrono::seconds>(*walk.created_before);
  }
  if (!walk.cursor.empty()) {
    params.starting_after = walk.cursor;
  }
  auto load = [this, &given_up](const ListCandidatesParams& page_params,
                                const CancellationToken& unwanted) {
    const CancellationCallback on_unwanted(unwanted, [&given_up] { given_up.cancel(); });
    return this->load(page_params, given_up.token());
  };
  in_parallel_ = walk.full && totals_ && options_.concurrency > 1;
  if (in_parallel_) {
    return {std::move(load), params, options_.concurrency};
  }
  return {std::move(load), params};
}

/// Called on other threads than the run's: only data that is constant during a walk is used.
ListResponse<CandidateResponse> WalkReader::load(const ListCandidatesParams& params,
                                                 const CancellationToken& cancellation) {
  RequestOptions request = options_.request;
  request.cancellation = cancellation;
  request.priority = request.priority.value_or(Priority::bulk);
  const bool first = !params.starting_after && !params.created_after && !params.created_before;
  ListResponse<CandidateResponse> page;
  try {
    page = client_.listCandidates(posting_id_, params, request);
  } catch (const DecodeError& error) {
    requests_ += static_cast<std::uint64_t>(error.http().attempts);
    if (in_parallel_ && first) {
      throw NoTotals();  // the number of undated candidates is unknown
    }
    throw;
  }
  requests_ += static_cast<std::uint64_t>(page.http.attempts);
  if (in_parallel_ && first && page.pagination.has_more && !page.pagination.total_count) {
    throw NoTotals();
  }
  return page;
}

std::optional<std::uint64_t> WalkReader::total(const MirrorWindow& window) {
  in_parallel_ = false;
  ListCandidatesParams params;
  params.limit = 1;
  params.created_after = window.created_after;
  params.created_before = window.created_before;
  try {
    return totalOf(load(params, options_.stop));
  } catch (const DecodeError&) {
    // The candidate is unreadable. The next readable one has the total, too.
  }
  const auto again = [this](const ListCandidatesParams& asked, const CancellationToken&) {
    return load(asked, options_.stop);
  };
  CandidateRange range(again, params);
  range.prefetch(false);
  range.onUnreadable([](const UnreadableCandidate&) {});
  CandidatePages pages = range.pages();
  const auto page = pages.begin();
  return page == CandidatePages::iterator() ? std::nullopt : totalOf(*page);
}

void WalkReader::store(const std::vector<CandidateResponse>& batch, MirrorWalk& walk) {
  for (const CandidateResponse& candidate : batch) {
    if (candidate.created_at) {
      walk.newest = std::max(walk.newest.value_or(*candidate.created_at), *candidate.created_at);
    }
  }
  const MirrorChanges changes = sink_.upsert(batch, walk);
  result_.seen += batch.size();
  result_.added += changes.added;
  result_.changed += changes.changed;
  result_.withheld += changes.withheld;
}

/// An unreadable candidate in the list.
void WalkReader::meet(const UnreadableCandidate& candidate, MirrorWalk& walk) {
  const bool kept = candidate.interview_id && sink_.keep(*candidate.interview_id, walk);
  walk.unidentified = walk.unidentified || !kept;
  unidentified_ = unidentified_ || !kept;
  const Timestamp created_at = candidate.created_at.value_or(Timestamp());
  walk.oldest_unreadable = std::min(walk.oldest_unreadable.value_or(created_at), created_at);
  if (!unreadable_.insert(candidate.interview_id.value_or(candidate.error.rawBody())).second) {
    return;
  }
  ++result_.unreadable;
  if (options_.on_unreadable) {
    options_.on_unreadable(candidate);
  }
}

bool WalkReader::stop() {
  result_.stopped = options_.stop.cancelled();
  return result_.stopped;
}

void WalkReader::tell(MirrorProgress& progress) const {
  if (!options_.on_progress) {
    return;
  }
  progress.seen = result_.seen;
  progress.added = result_.added;
  progress.changed = result_.changed;
  progress.requests = requests_;
  options_.on_progress(progress);
}

}  // namespace heymilo::workflows
