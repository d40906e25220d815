#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/cancellation.hpp"
#include "heymilo/client.hpp"
#include "heymilo/models/api_error.hpp"
#include "heymilo/models/enum_json.hpp"
#include "heymilo/models/ingest.hpp"

/// Brings any number of candidates into a posting, each exactly once, although the API has no
/// idempotency keys: a journal on disk knows what became of each, and what is in doubt is looked
/// for in the posting before it is sent again.
namespace heymilo::workflows {

/// What became of a record. (An Outcome is of one request, which an Error tells of.)
enum class RecordState {
  unsent,      ///< not sent, or proven not to have arrived
  in_flight,   ///< being sent, or sent with an outcome that is not known yet
  ingested,    ///< in the posting
  queued,      ///< accepted by an async operation
  rejected,    ///< refused, by the API or by the library
  unresolved,  ///< whether it arrived can't be told: it is not sent again
};

/// `unsent`, `in_flight`, `ingested`, `queued`, `rejected` or `unresolved`.
std::string_view toString(RecordState state) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(state).
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, RecordState state) {
  heymilo::detail::setText(json, toString(state));
}
/// It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, RecordState& state) = delete;

/// One record of the source.
struct BulkRecord {
  CandidateIngestRequest request{};  ///< the candidate to ingest
  /// Set where the source could not read the record: it is reported as `rejected` with this.
  std::optional<APIErrorDetail> problem{};
  /// The line of the source's file at which the record begins, from 1, for messages and reports.
  std::optional<std::uint64_t> line{};
};

/// Gives one record after the other, and nothing when there are no more. It is called by one thread
/// at a time. A source that is read again for the same journal must give the same records in the
/// same order. Nothing that it gives when BulkIngestOptions::stop is cancelled is not its end: one
/// that waits for input may so end the wait.
using BulkSource = std::function<std::optional<BulkRecord>()>;

/// A source over a range of CandidateIngestRequests, which must live as long as the source.
template <typename Range>
BulkSource sourceOf(const Range& range) {
  return [next = range.begin(), end = range.end()]() mutable -> std::optional<BulkRecord> {
    if (next == end) {
      return std::nullopt;
    }
    return BulkRecord{*next++, std::nullopt, std::nullopt};
  };
}

/// Where a run stands. Counts are of records, of earlier runs of the journal too.
struct BulkProgress {
  std::uint64_t read = 0;                         ///< from the source, in this run
  std::uint64_t ingested = 0;                     ///< in the posting
  std::uint64_t queued = 0;                       ///< accepted by an async operation
  std::uint64_t rejected = 0;                     ///< refused, by the API or by the library
  std::uint64_t in_flight = 0;                    ///< being sent, and those in doubt
  std::uint64_t unresolved = 0;                   ///< whether they arrived can't be told
  std::uint64_t sent = 0;                         ///< may have reached the API, in this run
  std::uint64_t requests = 0;                     ///< made in this run, retries and lists included
  std::chrono::steady_clock::duration elapsed{};  ///< since the run began
  /// What the run is doing now: `sending`, `looking` (for records in doubt) or `settling` (waiting
  /// before it looks again).
  std::string_view phase = "sending";
  /// How long nothing is sent, from now: the API has asked for it, or has failed.
  std::chrono::milliseconds pause{0};
};

/// How bulkIngest() works.
struct BulkIngestOptions {
  /// The journal, an SQLite file; required. It is made where there is none, for its owner alone. A
  /// name under which SQLite keeps nothing on disk (`:memory:`, a URL) and what is not a regular
  /// file are refused; a file that is called so is `./:memory:`.
  std::string journal{};
  std::size_t chunk = 100;      ///< records in a request
  std::size_t concurrency = 4;  ///< requests at the same time
  /// Use the async operation: records end as `queued`.
  bool async = false;
  /// The metadata key by which a record is recognised in the posting. A record that has the key
  /// keeps its value, which must be its own; to any other a value is added that is unique to
  /// journal and record.
  std::string mark = "heymilo_ref";
  /// How long after the end of a request whose outcome is unknown it may still be carried out: what
  /// does not show in the posting after that has not arrived, and is sent again. Counted from the
  /// end of the last such request; for those of an earlier run, from the beginning of this one.
  /// Empty: 125 s, which are 5 s for packets under way, and 2 minutes for which the proxies before
  /// an API wait for it at most; or 605 s where it is `async`, for the queue. A shorter time than
  /// the API and its proxies take brings people in twice.
  std::optional<std::chrono::milliseconds> settling_time{};
  /// How far the clocks of the API's machines may differ: records in doubt are looked for from so
  /// long before they were sent on. When that was is told by the Date headers of the API's
  /// responses; this machine's wall clock plays no part.
  std::chrono::milliseconds clock_margin = std::chrono::minutes{5};
  /// How many chunks in a row may fail for reasons that are not theirs before the run gives up.
  std::size_t patience = 5;
  /// Ends the run in good order: nothing more is sent, requests under way are waited for.
  CancellationToken stop{};
  /// Called after each chunk and once a second, on one thread at a time.
  std::function<void(const BulkProgress&)> on_progress{};
};

/// How a run ended.
struct BulkIngestResult {
  std::uint64_t records = 0;           ///< that the journal knows
  std::uint64_t ingested = 0;          ///< in the posting
  std::uint64_t queued = 0;            ///< accepted by an async operation
  std::uint64_t rejected = 0;          ///< refused, by the API or by the library
  std::uint64_t unresolved = 0;        ///< whether they arrived can't be told
  std::uint64_t unsent = 0;            ///< of those that were read
  std::uint64_t matched_by_email = 0;  ///< recognised by their e-mail address, for want of a mark
  std::uint64_t requests = 0;          ///< made in this run
  /// The whole source has been read, and nothing is unsent or unresolved.
  bool complete = false;
  bool stopped = false;  ///< by BulkIngestOptions::stop
};

/// What the journal knows of one record.
struct RecordReport {
  std::uint64_t index = 0;                     ///< in the source, from 0
  std::optional<std::uint64_t> line{};         ///< where it begins: see BulkRecord::line
  RecordState state = RecordState::unsent;     ///< what became of it
  std::optional<std::string> interview_id{};   ///< where it is `ingested`, if known
  std::optional<std::string> interview_url{};  ///< the same
  std::optional<std::string> ingestion_id{};   ///< where it is `queued`
  std::optional<APIErrorDetail> error{};       ///< where it is `rejected` or `unresolved`
  bool matched_by_email = false;               ///< recognised for want of a mark
};

/// Brings the source's records into the posting, or goes on with that where an earlier run with the
/// same journal ended, however it ended.
///
/// Before a chunk is sent, the journal says so on disk; after that, what became of it. A chunk
/// whose outcome is unknown is not sent again: the posting is listed from the moment of sending on,
/// and records whose mark shows there are `ingested`; after the settling time it is listed once
/// more, and only what has still not shown up is sent again. Where the moment of sending is not
/// certain, the posting is listed from its beginning: responses have no Date, contradict each
/// other, or nobody has been seen whose `created_at` agrees with them. A record without room for a
/// mark (it has 50 metadata keys) is recognised by its e-mail address. With `async`, a record in
/// doubt is `unresolved` where others that this journal's run queued have not shown up either.
///
/// The journal must stay where it is: before each request, bulkIngest() looks whether the file was
/// deleted, moved, replaced or truncated, and ends with StoreError where it was.
///
/// A 422 that names records rejects these and sends the others again; one that names nobody, a 400
/// and a 413 are narrowed down by halves, and so is a 5xx where the records have not arrived. A
/// record that the API goes on failing on ends the run, when the others are in.
///
/// Its waits go by the client's clock.
///
/// Throws what can't be helped by going on, with the journal intact: the StatusError of a 401, 403,
/// 404 or another refusal that is not a record's; the Error of a chunk when so many have failed
/// that going on is pointless; StoreError where the journal can't be used, is another posting's, or
/// the source differs from what the journal knows (after records were sent, what() says how many,
/// and what to do); InvalidArgumentError for options that can't be used; and what the source
/// throws.
BulkIngestResult bulkIngest(const Client& client, std::string_view posting_id,
                            const BulkSource& source, const BulkIngestOptions& options = {});

/// Tells of each record that the journal knows, in the source's order. Records in flight are told
/// as `unresolved`. Throws StoreError.
void reportOf(const std::string& journal, const std::function<void(const RecordReport&)>& tell);

}  // namespace heymilo::workflows
