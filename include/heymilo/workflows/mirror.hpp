#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/client.hpp"
#include "heymilo/models/candidate.hpp"
#include "heymilo/models/enum_json.hpp"
#include "heymilo/models/timestamp.hpp"
#include "heymilo/options.hpp"
#include "heymilo/pagination.hpp"

/// Keeps a copy of a posting's candidates equal to the API's list, in any database: the target is a
/// MirrorSink, such as SqliteMirror in sqlite_mirror.hpp, or heymilo::postgres::mirror().
namespace heymilo::workflows {

using heymilo::isFinal;

/// A part of the list by creation time, both ends included; an empty end is open. Without both: the
/// whole list. Candidates without a `created_at` are in no other part.
struct MirrorWindow {
  std::optional<Timestamp> created_after{};   ///< the first moment
  std::optional<Timestamp> created_before{};  ///< the last moment
};

/// One pass over the posting's list, or a window of it, and its progress. A sink stores it
/// unchanged.
struct MirrorWalk {
  /// From 1, incremented for each walk: a candidate with an earlier walk's number has not been seen
  /// in this one.
  std::uint64_t number = 0;
  /// The walk reads everything: the user requested it or nothing had been read before.
  bool full = false;
  std::optional<Timestamp> created_after{};  ///< read from then on, inclusive; empty: everything
  /// The start by the API's clock, from the Date of its first response, or by this machine's clock,
  /// whichever is earlier.
  Timestamp started_at{};
  std::optional<Timestamp> newest{};  ///< the newest `created_at` seen
  /// After the stored candidates; the walk resumes there. See CandidateRange::cursor().
  std::string cursor{};
  /// It has seen an unreadable candidate for which the sink did not keep(): no candidate will be
  /// marked as gone.
  bool unidentified = false;
  /// The oldest `created_at` of the unreadable candidates; the epoch if one of them has no readable
  /// one. Empty: all candidates were readable.
  std::optional<Timestamp> oldest_unreadable{};
  /// Read until then, inclusive; empty: to the end of the list. Not empty in a walk over a window,
  /// which only a sink gets that has count().
  std::optional<Timestamp> created_before{};
  /// The start by this machine's clock, for MirrorState::last_full.
  Timestamp began_at{};
};

/// A sink's state from earlier runs.
struct MirrorState {
  std::uint64_t last_walk = 0;             ///< the number of the latest walk; 0: none
  std::optional<MirrorWalk> unfinished{};  ///< the walk that was interrupted
  /// From the last finish(): the candidates created before are in the mirror. Empty: no walk has
  /// been completed.
  std::optional<Timestamp> watermark{};
  /// The oldest `created_at` of the candidates that are neither in a final state nor gone.
  std::optional<Timestamp> oldest_open{};
  /// MirrorWalk::began_at of the latest full walk for which finish() was called. Empty: none, or
  /// the sink does not store it.
  std::optional<Timestamp> last_full{};
};

/// The result of storing a page. A candidate that is neither was in the mirror unchanged.
struct MirrorChanges {
  std::uint64_t added = 0;    ///< new to the mirror
  std::uint64_t changed = 0;  ///< differ from the mirror, or are back after being gone
  /// Erased before, and therefore not stored: see MirrorSink::erase().
  std::uint64_t withheld = 0;
};

/// The candidates that have been gone for long enough to be erased.
struct MirrorDue {
  std::uint64_t candidates = 0;       ///< their number
  std::optional<Timestamp> oldest{};  ///< the oldest `created_at`
  bool undated = false;               ///< one of them has no `created_at`
};

/// The number of candidates in a mirror who are not gone.
struct MirrorCount {
  std::uint64_t dated = 0;    ///< with a `created_at` in the window
  std::uint64_t undated = 0;  ///< without a `created_at`, in the whole mirror
};

/// A candidate who is not as MirrorSink::handled() was last told.
struct MirrorChange {
  std::string interview_id{};                 ///< of the candidate
  std::optional<CandidateResponse> before{};  ///< empty: new, or back in the list
  std::optional<CandidateResponse> after{};   ///< as it is now; empty: gone
  std::uint64_t number = 0;  ///< the sink's own: by it handled() finds out whether it changed since
};

/// What a run wants with the mirror: see MirrorSink::hold().
enum class MirrorClaim {
  keep,  ///< says that this run still has it, if it does
  take,  ///< takes it, also from another run
  give   ///< gives it back: the next run need not wait
};

/// The enumeration does not convert to JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, MirrorClaim claim) = delete;
/// The enumeration does not convert from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, MirrorClaim& claim) = delete;

/// Who has the mirror, of which one run at a time may be the one that stores.
struct MirrorHold {
  bool own = true;  ///< this sink
  /// Another run: a text that changes with everything that run does. Empty: no run has it.
  std::string other{};
};

/// The target of a mirror. It is used by one thread, the one that calls mirrorCandidates(). An
/// exception ends the run; the next run resumes at the state from load().
class MirrorSink {
 public:
  virtual ~MirrorSink();

  /// The state from earlier runs. Called once, at the beginning of a run.
  virtual MirrorState load() = 0;

  /// Stores a page and the progress of `walk`, atomically: if the process ends in the middle,
  /// neither readers nor load() may see a part of it. A candidate that was marked as gone is no
  /// longer gone. `walk` replaces the unfinished one, if any.
  virtual MirrorChanges upsert(const std::vector<CandidateResponse>& batch,
                               const MirrorWalk& walk) = 0;

  /// The candidate is in the list, but unreadable: the mirror keeps its copy unchanged, and `walk`
  /// has seen it, so finish() does not mark it as gone. If it was marked as gone, it is no longer
  /// gone. Returns false if the sink does not support this, as here: this walk then marks no
  /// candidate as gone. May be stored immediately, or with the next upsert().
  virtual bool keep(const std::string& interview_id, const MirrorWalk& walk);

  /// The walk is complete: marks as gone the candidates in its range that it has not seen. These
  /// have an earlier walk's number and a `created_at` from `walk.created_after` to
  /// `walk.created_before`, both included; if both are empty, any or no `created_at`. Afterwards
  /// there is no unfinished walk, and load() returns `watermark`. Atomic. Returns the number of
  /// candidates marked as gone.
  virtual std::uint64_t finish(const MirrorWalk& walk, std::optional<Timestamp> watermark) = 0;

  /// The candidates in a window that were marked as gone before a moment, and those without a
  /// `created_at`. A sink that erases nobody has none, as here.
  virtual MirrorDue due(Timestamp gone_before, const MirrorWindow& window);

  /// After finish() of the same walk: erases the candidates that were marked as gone before a
  /// moment and that `walk` would have seen, by the condition of finish(). Whoever is outside its
  /// range stays, since the list may have them again. Content and history are deleted; a tombstone
  /// is kept, from which nobody can tell who it was, and upsert() stores nobody who has one:
  /// neither from a late page nor from a resumed walk. Atomic for each candidate. Returns the
  /// number of candidates erased; 0 if the sink erases nobody, as here. `gone_before` may be
  /// Timestamp::max(): all who are gone.
  virtual std::uint64_t erase(const MirrorWalk& walk, Timestamp gone_before);

  /// Called at the end of a run: the bytes that erase() may have left where no reader sees them are
  /// overwritten. Does nothing here.
  virtual void wipe();

  /// The number of candidates in a window who are not gone. Empty if the sink does not support
  /// windows, as here: no deletions are searched for among the candidates that a run does not read.
  virtual std::optional<MirrorCount> count(const MirrorWindow& window);

  /// The `created_at` of the index-th (from 0) of the candidates that count() counts as dated, in
  /// order of time. Empty if there are no more than `index`.
  virtual std::optional<Timestamp> createdAt(const MirrorWindow& window, std::uint64_t index);

  /// The oldest `created_at` in a window of the candidates that are neither in a final state nor
  /// gone. Empty if there is none, or the sink does not support windows.
  virtual std::optional<Timestamp> nextOpen(const MirrorWindow& window);

  /// Whether the sink notes from now on which candidates change, for changes(). This stays so for
  /// all runs, until it is switched off, which forgets what is noted. Candidates who are in the
  /// mirror when it is switched on are known as they are. Returns false if the sink does not
  /// support it, as here.
  virtual bool trackChanges(bool on);

  /// Up to `most` candidates who have changed since handled(), the one whose last change is the
  /// oldest first; those of one page are in no particular order. Each has one entry: what changed
  /// in between is left out, and so is a candidate who is as before in the end. It costs no more
  /// storage than another copy of each candidate. Who is erased has no change any more.
  virtual std::vector<MirrorChange> changes(std::size_t most);

  /// The change, from changes(), has been dealt with. If the candidate has changed since, the
  /// difference remains, with this `after` as its `before`.
  virtual void handled(const MirrorChange& change);

  /// For a run that goes on, and shares a mirror with other runs; others need not call it. A sink
  /// that excludes other runs for as long as it exists always has the mirror, as here.
  virtual MirrorHold hold(MirrorClaim claim);

  /// Throws StoreError where this object can't be used any more, whatever happens, as its file was
  /// deleted or replaced.
  virtual void requireInPlace();

 protected:
  MirrorSink() = default;
  MirrorSink(const MirrorSink&) = default;             ///< for derived classes
  MirrorSink& operator=(const MirrorSink&) = default;  ///< for derived classes
};

/// The progress of a run.
struct MirrorProgress {
  std::uint64_t seen = 0;      ///< read in this run
  std::uint64_t added = 0;     ///< new to the mirror
  std::uint64_t changed = 0;   ///< different from the mirror
  std::uint64_t requests = 0;  ///< completed in this run, retries included
  /// Of the current walk, without the work of earlier runs.
  std::uint64_t walked = 0;
  /// The number of candidates in the walk, if the API sends it and the walk began in this run.
  std::optional<std::uint64_t> expected{};
  bool full = false;  ///< the walk reads everything
};

/// Options of mirrorCandidates().
struct MirrorOptions {
  /// Read everything instead of new and unfinished candidates only.
  bool full = false;
  /// How long before the newest known candidate an incremental run begins: for candidates that
  /// appear in the list some time after their `created_at`, and for clocks that differ. From 0 to
  /// 36500 days.
  std::chrono::milliseconds overlap = std::chrono::minutes{10};
  /// A walk over everything is read by this many requests in parallel, if the API sends a
  /// total_count; see Client::listAllCandidatesInParallel(). Other walks are read page by page.
  std::size_t concurrency = 1;
  /// How long a candidate is kept who is no longer in the list; 0: not longer than the run that
  /// finds it out. Until then an error of the API can be noticed: who is in the list again is no
  /// longer gone. Then content and history are erased, for good: see MirrorSink::erase(). The time
  /// passes by the API's clock or this machine's, whichever is behind.
  std::chrono::hours erase_after{24 * 7};
  /// A run reads everything if the last complete full walk began longer ago; 0: only on request, or
  /// where deletions can't be searched for. It sees what no other run does: changes of candidates
  /// in a final state, and deletions that are hidden by as many late arrivals. For sinks with
  /// MirrorState::last_full.
  std::chrono::hours full_after{24 * 7};
  /// Ends the run in good order: a request under way is cancelled, a page that has come is stored.
  CancellationToken stop{};
  /// For each page; its `cancellation` is ignored, see `stop`.
  RequestOptions request{};
  /// Called after each page, on the run's thread.
  std::function<void(const MirrorProgress&)> on_progress{};
  /// Called with each unreadable candidate, on the run's thread, once in a run. An exception ends
  /// the run.
  UnreadableHandler on_unreadable{};
};

/// The search for deletions among the candidates before the range that a run reads: see
/// mirrorCandidates().
struct MirrorSearch {
  /// Whether there was a search, and why not.
  enum class Outcome {
    /// No search: the sink can't count, the run read everything, or it was stopped, or the
    /// interview_id of a candidate is unreadable.
    none,
    complete,    ///< mirror and API agree, or the windows in which they differed were read
    no_totals,   ///< the API sends no total_count
    bad_totals,  ///< the API's total_count does not follow created_after and created_before
    undated      ///< the number of candidates without a `created_at` differs
  };
  Outcome outcome = Outcome::none;  ///< whether there was a search
  /// Older candidates who were found to be no longer in the list; included in MirrorResult::gone.
  std::uint64_t gone = 0;
  /// For older candidates: for totals, for windows in which they differ, and for windows around
  /// those who are due to be erased. Included in MirrorResult::requests.
  std::uint64_t requests = 0;
};
/// `none`, `complete`, `no_totals`, `bad_totals` or `undated`.
std::string_view toString(MirrorSearch::Outcome outcome) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(outcome).
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, MirrorSearch::Outcome outcome) {
  heymilo::detail::setText(json, toString(outcome));
}
/// It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, MirrorSearch::Outcome& outcome) = delete;

/// The result of a run.
struct MirrorResult {
  /// Candidates read; one that was seen twice counts twice.
  std::uint64_t seen = 0;
  std::uint64_t added = 0;    ///< new to the mirror
  std::uint64_t changed = 0;  ///< different from the mirror
  std::uint64_t gone = 0;     ///< no longer in the list
  std::uint64_t erased = 0;   ///< after MirrorOptions::erase_after
  /// In the list again after they were erased: not stored. One that was seen twice counts twice.
  std::uint64_t withheld = 0;
  /// Unreadable candidates in the list: the mirror keeps its copy of them. If not 0, the mirror is
  /// incomplete, and each was reported to MirrorOptions::on_unreadable.
  std::uint64_t unreadable = 0;
  /// Requests of this run, including retries, without one cancelled by `stop`.
  std::uint64_t requests = 0;
  bool resumed = false;  ///< an earlier run's walk was completed first
  bool full = false;     ///< the last walk read everything
  /// The start of the last walk's range; empty: everything.
  std::optional<Timestamp> created_after{};
  bool stopped = false;  ///< by MirrorOptions::stop: the next run resumes there
  /// The search for deletions among older candidates.
  MirrorSearch search{};
};

/// Updates the mirror.
///
/// The API can list by creation time only, which determines the modes:
///
/// - The first run, and a run with `full`, reads everything. It sees every change, and marks as
///   gone the candidates that are no longer listed.
/// - Any other run reads from the oldest candidate that is not in a final state (see isFinal), or
///   from the newest known one minus `overlap`, whichever is earlier, in whole seconds. It sees
///   every change in that range: new candidates, progress, and candidates that are gone. (If it
///   ignored the latter, a candidate that was deleted before its end would keep the runs reading
///   from there for ever.) Of the older candidates it sees who was deleted, and who appeared in the
///   list more than `overlap` after their `created_at`; see below. It does not see other changes of
///   them, all of them in a final state (a recruiter shortlists a completed one): a `full` run
///   does, which a run also is if the last one began `full_after` ago.
///
/// Older candidates are compared by number, if the sink has count(): the API's `total_count` of the
/// part of the list before the range with the mirror's own. If they are equal, that is one request.
/// Otherwise the part is halved where they differ, until a window is small enough to be read: about
/// thirteen requests for one deletion among 100,000 candidates. Deletions are found by one run,
/// unless as many candidates appeared late among the older ones, or in a window of them, since the
/// run before: then by the run after the numbers differ again, or by a full one. If the list
/// changes during the search, the next run finds what this one did not. If the API sends no
/// total_count, or one that does not follow the window, the result says so, and a run reads
/// everything if the last full walk began a day or more ago. Candidates without a `created_at` are
/// in no window: if the mirror has some, their number is compared, which is another request; if it
/// differs, everything is read. (If the API has more than the mirror: once a day.) A difference
/// that cannot be resolved, such as a candidate in the list who was erased before, is searched for
/// by each run.
///
/// Who has been gone for `erase_after` is erased by a run that reads their part of the list and
/// does not see them there. A run whose range would not reach back to them reads windows around
/// them for that (if the sink has no count(), it begins earlier), and everything if one of them has
/// no `created_at`. If a candidate whose interview_id is unreadable is in the part that was read,
/// nobody there is erased, as that may be any of them.
///
/// A change of the list during a run may only be seen by the next run.
///
/// Each page is stored together with its cursor. A run that finds an unfinished walk, because the
/// process died or was stopped, first completes it from its cursor. (An unfinished walk over a
/// window is dropped: its pages are kept, and the search finds the rest.) It then does an
/// incremental run, since candidates read before the interruption may have changed. With `full` an
/// unfinished incremental walk is replaced by a full one, and an unfinished full one is completed:
/// its stored part is not read again unless it is in the incremental range. If the cursor's
/// candidate is gone and the API refuses the cursor, the walk begins again.
///
/// An unreadable candidate (see UnreadableCandidate) does not stop the run. The mirror keeps its
/// copy, and does not mark it as gone. Each later run reads from its `created_at` on, and so
/// reports it again, until it is readable; if its `created_at` is unreadable, from the start of
/// this run. If its interview_id is unreadable, it may be any candidate that the run did not see:
/// no candidate is marked as gone until that has changed.
///
/// Throws the client's and the sink's exceptions, and InvalidArgumentError for invalid options.
/// Stored data is kept, and the next run resumes there.
MirrorResult mirrorCandidates(const Client& client, std::string_view posting_id, MirrorSink& sink,
                              const MirrorOptions& options = {});

}  // namespace heymilo::workflows
