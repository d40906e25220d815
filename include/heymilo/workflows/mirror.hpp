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
#include "heymilo/models/timestamp.hpp"
#include "heymilo/options.hpp"
#include "heymilo/pagination.hpp"

/// Keeps a copy of a posting's candidates equal to what the API shows, in a database of any kind:
/// what is written to is a MirrorSink. SqliteMirror in sqlite_mirror.hpp is one.
namespace heymilo::workflows {

using heymilo::isFinal;

/// One pass over the posting's list, and how far it has come. A sink keeps it as it is given.
struct MirrorWalk {
  /// From 1, one more with each walk: a candidate of an earlier walk's number has not been met in
  /// this one.
  std::uint64_t number = 0;
  /// Everything is read, and the user asked for it or nothing had been read before.
  bool full = false;
  std::optional<Timestamp> created_after{};  ///< read from there on, inclusive; empty: everything
  /// By the API's clock, as its first response's Date tells it, or by this machine's, whichever is
  /// earlier.
  Timestamp started_at{};
  std::optional<Timestamp> newest{};  ///< the newest `created_at` that it has met
  /// Behind what is stored; the walk goes on there. See CandidateRange::cursor().
  std::string cursor{};
  /// It has met somebody who can't be read, and whom the sink could not keep(): nobody will be
  /// marked as gone.
  bool unidentified = false;
  /// The oldest `created_at` of those it has met who can't be read; the epoch where one of them has
  /// none that can be read. Empty: everybody could be read.
  std::optional<Timestamp> oldest_unreadable{};
};

/// What a sink knows from earlier runs.
struct MirrorState {
  std::uint64_t last_walk = 0;             ///< the number of the latest walk; 0: there was none
  std::optional<MirrorWalk> unfinished{};  ///< the walk that did not reach its end
  /// As given to the last finish(): what was created before is in the mirror. Empty: no walk has
  /// reached its end.
  std::optional<Timestamp> watermark{};
  /// The oldest `created_at` among the candidates that are not in a final state and have not gone.
  std::optional<Timestamp> oldest_open{};
};

/// What storing a page came to. One that is neither was in the mirror as it is.
struct MirrorChanges {
  std::uint64_t added = 0;    ///< were not in the mirror
  std::uint64_t changed = 0;  ///< differ from what the mirror had, or had gone and are back
};

/// Where a mirror is kept. It is used by one thread, the one that calls mirrorCandidates(). What it
/// throws ends the run; the next one goes on at what load() then says.
class MirrorSink {
 public:
  virtual ~MirrorSink();

  /// What earlier runs have left. Called once, at the beginning of a run.
  virtual MirrorState load() = 0;

  /// Stores a page and how far `walk` has come with it, both or neither: where the process ends in
  /// the middle, nothing of it must be seen, by readers and by load(). A candidate that had been
  /// marked as gone is there again. `walk` takes the place of the unfinished one, if any.
  virtual MirrorChanges upsert(const std::vector<CandidateResponse>& batch,
                               const MirrorWalk& walk) = 0;

  /// The candidate is in the list, and can't be read: where the mirror has it, it stays as it is,
  /// and `walk` has met it, so that finish() does not mark it as gone. One that had been marked as
  /// gone is there again. Returns false where the sink does not do this, as here: nobody is then
  /// marked as gone by this walk. May be stored at once, or with the next upsert().
  virtual bool keep(const std::string& interview_id, const MirrorWalk& walk);

  /// The walk has reached its end: marks as gone those that it should have met and has not, which
  /// are the candidates of an earlier walk's number, and of these, unless `walk.created_after` is
  /// empty, the ones with a `created_at` from there on. Then there is no unfinished walk any more,
  /// and `watermark` is what load() says next. All or nothing. Returns how many went.
  virtual std::uint64_t finish(const MirrorWalk& walk, std::optional<Timestamp> watermark) = 0;

 protected:
  MirrorSink() = default;
  MirrorSink(const MirrorSink&) = default;             ///< for derived classes
  MirrorSink& operator=(const MirrorSink&) = default;  ///< for derived classes
};

/// Where a run stands.
struct MirrorProgress {
  std::uint64_t seen = 0;      ///< read in this run
  std::uint64_t added = 0;     ///< new to the mirror
  std::uint64_t changed = 0;   ///< not as the mirror had them
  std::uint64_t requests = 0;  ///< answered in this run, and those retried
  /// Of the walk under way, without what earlier runs did of it.
  std::uint64_t walked = 0;
  /// All that the walk is going to meet, where the API says and the walk began in this run.
  std::optional<std::uint64_t> expected{};
  bool full = false;  ///< the walk reads everything
};

/// How mirrorCandidates() works.
struct MirrorOptions {
  /// Read everything, rather than what is new or may still change.
  bool full = false;
  /// How far behind the newest candidate seen an incremental run begins: for candidates that show
  /// in the list only some time after their `created_at`, and for clocks that differ.
  std::chrono::milliseconds overlap = std::chrono::minutes{10};
  /// A walk over everything is read by so many requests side by side, as long as the API gives a
  /// total_count; see Client::listAllCandidatesInParallel(). Other walks are read page by page.
  std::size_t concurrency = 1;
  /// Ends the run in good order: a request under way is cancelled, a page that has come is stored.
  CancellationToken stop{};
  /// For each page; its `cancellation` is not used, see `stop`.
  RequestOptions request{};
  /// Called after each page, on the thread that runs.
  std::function<void(const MirrorProgress&)> on_progress{};
  /// Called with each candidate that can't be read, on the thread that runs, once in a run. What it
  /// throws ends the run.
  UnreadableHandler on_unreadable{};
};

/// How a run ended.
struct MirrorResult {
  /// Candidates read; one that was met twice counts twice.
  std::uint64_t seen = 0;
  std::uint64_t added = 0;    ///< new to the mirror
  std::uint64_t changed = 0;  ///< not as the mirror had them
  std::uint64_t gone = 0;     ///< no longer in the list
  /// In the list, and can't be read: what the mirror had of them is kept. Where it is not 0, the
  /// mirror is not complete, and MirrorOptions::on_unreadable was told of each.
  std::uint64_t unreadable = 0;
  /// Made in this run, retries included; not one that was cancelled by `stop`.
  std::uint64_t requests = 0;
  bool resumed = false;  ///< an earlier run's walk was finished first
  bool full = false;     ///< the last walk read everything
  /// From when on the last walk read; empty: everything.
  std::optional<Timestamp> created_after{};
  bool stopped = false;  ///< by MirrorOptions::stop: the next run goes on there
};

/// Brings the mirror up to date.
///
/// The API can list by creation time and by nothing else, which is what the modes come from:
///
/// - The first run, and one with `full`, reads everything. It sees every change, and marks as gone
///   what the list no longer has.
/// - Any other reads from the oldest candidate on that is not in a final state (see isFinal), or
///   from the newest one known less `overlap`, whichever is earlier, to the second. It sees
///   everything about these: new ones, progress, and, since it covers that part of the list as a
///   whole, those that are gone from it. If it did not, a candidate that was deleted before its end
///   would keep the runs reading from there for ever. It does not see what happens to older
///   candidates, all of them in a final state (a recruiter shortlists one that was completed; one
///   is deleted), nor candidates that show up in the list longer than `overlap` after their
///   `created_at`, nor those without a `created_at`: these wait for a `full` run.
///
/// What changes in the list while it is being read may be seen by the next run only.
///
/// Each page is stored together with its cursor. A run that finds an unfinished walk, because the
/// process died or was stopped, first finishes it at its cursor, and then reads once more as an
/// incremental run does, since what was read before the interruption may have changed. With `full`
/// an unfinished incremental walk is given up for one over everything, and an unfinished full one
/// is finished: what it stored before the interruption is not read again unless it is in the
/// incremental part. Where the cursor's candidate is gone, so that the API refuses it, the walk
/// begins again.
///
/// A candidate that can't be read (see UnreadableCandidate) does not hold up the others. What the
/// mirror had of it is kept, and it is not marked as gone. Each later run reads from its
/// `created_at` on, and so meets and reports it again, until it can be read; where it has none that
/// can be read, from where this run began. Where its interview_id can't be read, it may be anybody
/// whom the run did not meet, so that nobody is marked as gone until that has changed.
///
/// Throws what the client throws, what the sink throws, and InvalidArgumentError for options that
/// can't be used. What has been stored is kept, and the next run goes on there.
MirrorResult mirrorCandidates(const Client& client, std::string_view posting_id, MirrorSink& sink,
                              const MirrorOptions& options = {});

}  // namespace heymilo::workflows
