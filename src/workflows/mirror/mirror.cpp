#include "heymilo/workflows/mirror.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <utility>

#include "base/api_limits.hpp"
#include "heymilo/errors.hpp"
#include "workflows/api_clock.hpp"

namespace heymilo::workflows {

namespace {

// A cursor is refused if its candidate has just been deleted, which is rare. Repeated refusals are
// reported as an error.
constexpr int kMaxRestarts = 5;

// Later than every candidate: the end of the year 9999.
constexpr Timestamp kAfterAll{std::chrono::seconds{253'402'300'799}};

// Of MirrorOptions::erase_after: later arithmetic stays in the range of a Timestamp.
constexpr std::chrono::hours kLongest{24 * 36'500};

/// Statuses with which the API may refuse an unknown cursor; without a cursor they mean something
/// else.
bool refusesCursor(const StatusError& error) {
  constexpr int kBadRequest = 400, kNotFound = 404, kUnprocessable = 422;
  return error.status() == kBadRequest || error.status() == kNotFound ||
         error.status() == kUnprocessable;
}

template <class T>
std::optional<T> later(const std::optional<T>& a, const std::optional<T>& b) {
  return !a ? b : !b ? a : std::max(*a, *b);
}

/// The API sends no total_count: a parallel walk could not tell whether it has read the candidates
/// without a created_at, and would mark them as gone.
class NoTotals {};

/// One run.
class MirrorRun {
 public:
  MirrorRun(const Client& client, std::string_view posting_id, MirrorSink& sink,
            const MirrorOptions& options)
      : client_(client), posting_id_(posting_id), sink_(sink), options_(options) {}

  MirrorResult run() {
    runWalks();
    result_.requests = requests_;
    return result_;
  }

 private:
  void runWalks() {
    MirrorState state = sink_.load();
    bool full = options_.full;
    if (state.unfinished && (state.unfinished->full || !full)) {
      result_.resumed = true;
      if (!finishWalk(*state.unfinished, state.watermark)) {
        return;
      }
      state = sink_.load();
      full = false;
    }
    MirrorWalk walk;
    walk.number = state.last_walk + 1;
    walk.full = full || !state.watermark;
    walk.started_at = now();
    if (!walk.full) {
      const MirrorDue due = sink_.due(goneBefore(walk.started_at));
      walk.full = due.undated;
      if (!walk.full) {
        walk.created_after = beginning(state, due);
      }
    }
    finishWalk(walk, state.watermark);
  }

  /// The start of an incremental walk. In whole seconds: it makes no difference whether the API
  /// compares fractions.
  Timestamp beginning(const MirrorState& state, const MirrorDue& due) const {
    Timestamp moment = *state.watermark - options_.overlap;
    if (state.oldest_open) {
      moment = std::min(moment, *state.oldest_open);
    }
    if (due.oldest) {
      moment = std::min(moment, *due.oldest);
    }
    return std::chrono::floor<std::chrono::seconds>(moment);
  }

  /// Who was marked as gone before is to be erased.
  Timestamp goneBefore(Timestamp moment) const {
    return options_.erase_after.count() == 0 ? Timestamp::max() : moment - options_.erase_after;
  }

  /// False if it was stopped.
  bool finishWalk(MirrorWalk walk, const std::optional<Timestamp>& watermark) {
    result_.full = walk.full;
    result_.created_after = walk.created_after;
    for (int restarts = 0;; ++restarts) {
      try {
        if (!readPages(walk)) {
          return false;
        }
        break;
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
        ++requests_;
        // With a new number: candidates read before may be gone by now.
        ++walk.number;
        walk.started_at = now();
        walk.cursor.clear();
        walk.unidentified = false;
        walk.oldest_unreadable.reset();
      }
    }
    const auto end = unlessUnreadable(later(watermark, settled(walk)), walk);
    if (walk.unidentified) {  // it may be anybody: nobody is gone, and nobody is erased
      walk.created_after = kAfterAll;
    }
    result_.gone += sink_.finish(walk, end);
    result_.erased += sink_.erase(walk, goneBefore(walk.started_at));
    return true;
  }

  /// The start of the next run, at which it reads the unreadable candidates of `walk` again.
  std::optional<Timestamp> unlessUnreadable(const std::optional<Timestamp>& watermark,
                                            const MirrorWalk& walk) const {
    if (!watermark || !walk.oldest_unreadable) {
      return watermark;
    }
    if (*walk.oldest_unreadable > Timestamp()) {
      return std::min(*watermark, *walk.oldest_unreadable);
    }
    if (!walk.created_after) {
      return std::nullopt;  // read everything again
    }
    return std::min(*watermark, *walk.created_after + options_.overlap);
  }

  /// An unreadable candidate in the list.
  void meet(const UnreadableCandidate& candidate, MirrorWalk& walk) {
    const bool kept = candidate.interview_id && sink_.keep(*candidate.interview_id, walk);
    walk.unidentified = walk.unidentified || !kept;
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

  /// The earlier of the API's time and this machine's, which may be wrong: an earlier time only
  /// makes the next run read more.
  static void beganAt(MirrorWalk& walk, const std::optional<Timestamp>& date) {
    walk.started_at = std::min(walk.started_at, date.value_or(walk.started_at));
  }

  /// All candidates created before have been read. A walk that was interrupted and resumed much
  /// later may have read new candidates, but not those that appeared late before its old cursor:
  /// its start is therefore used.
  static std::optional<Timestamp> settled(const MirrorWalk& walk) {
    return walk.newest ? std::min(*walk.newest, walk.started_at) : walk.newest;
  }

  /// False if it was stopped.
  bool readPages(MirrorWalk& walk) {
    CancellationSource given_up;
    const CancellationCallback on_stop(options_.stop, [&given_up] { given_up.cancel(); });
    MirrorProgress progress;
    progress.full = walk.full;
    const bool whole = walk.cursor.empty();
    CandidateRange range = pagesOf(walk, given_up);
    range.onUnreadable([&](const UnreadableCandidate& candidate) { meet(candidate, walk); });
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
      if ((page.pagination.has_more || side_by_side_) && stop()) {
        return false;
      }
    }
    return true;
  }

  /// The remainder of the walk. A full walk is read in parallel, if its completeness can be
  /// verified.
  CandidateRange pagesOf(const MirrorWalk& walk, CancellationSource& given_up) {
    ListCandidatesParams params;
    params.limit = api_limits::kMaxPage;
    params.created_after = walk.created_after;
    if (!walk.cursor.empty()) {
      params.starting_after = walk.cursor;
    }
    auto load = [this, &given_up](const ListCandidatesParams& page_params,
                                  const CancellationToken& unwanted) {
      const CancellationCallback on_unwanted(unwanted, [&given_up] { given_up.cancel(); });
      return this->load(page_params, given_up.token());
    };
    side_by_side_ = walk.full && totals_ && options_.concurrency > 1;
    if (side_by_side_) {
      return {std::move(load), params, options_.concurrency};
    }
    return {std::move(load), params};
  }

  /// Called on other threads than the run's: only data that is constant during a walk is used.
  ListResponse<CandidateResponse> load(const ListCandidatesParams& params,
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
      if (side_by_side_ && first) {
        throw NoTotals();  // the number of undated candidates is unknown
      }
      throw;
    }
    requests_ += static_cast<std::uint64_t>(page.http.attempts);
    if (side_by_side_ && first && page.pagination.has_more && !page.pagination.total_count) {
      throw NoTotals();
    }
    return page;
  }

  void store(const std::vector<CandidateResponse>& batch, MirrorWalk& walk) {
    for (const CandidateResponse& candidate : batch) {
      walk.newest = later(walk.newest, candidate.created_at);
    }
    const MirrorChanges changes = sink_.upsert(batch, walk);
    result_.seen += batch.size();
    result_.added += changes.added;
    result_.changed += changes.changed;
    result_.withheld += changes.withheld;
  }

  bool stop() {
    result_.stopped = options_.stop.cancelled();
    return result_.stopped;
  }

  void tell(MirrorProgress& progress) const {
    if (!options_.on_progress) {
      return;
    }
    progress.seen = result_.seen;
    progress.added = result_.added;
    progress.changed = result_.changed;
    progress.requests = requests_;
    options_.on_progress(progress);
  }

  const Client& client_;
  const std::string posting_id_;
  MirrorSink& sink_;
  const MirrorOptions& options_;
  MirrorResult result_;
  bool totals_ = true;                      // the API sends total_count, as far as known
  bool side_by_side_ = false;               // the current walk is read in parallel
  std::set<std::string> unreadable_;        // by interview_id or text: already reported
  std::atomic<std::uint64_t> requests_{0};  // counted by the threads that fetch, too
};

}  // namespace

MirrorResult mirrorCandidates(const Client& client, std::string_view posting_id, MirrorSink& sink,
                              const MirrorOptions& options) {
  if (options.concurrency == 0) {
    throw InvalidArgumentError("concurrency", "must not be 0");
  }
  if (options.overlap.count() < 0) {
    throw InvalidArgumentError("overlap", "must not be negative");
  }
  if (options.erase_after.count() < 0 || options.erase_after > kLongest) {
    throw InvalidArgumentError("erase_after", "must be from 0 to 36500 days");
  }
  return MirrorRun(client, posting_id, sink, options).run();
}

}  // namespace heymilo::workflows
