#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/cancellation.hpp"
#include "heymilo/client.hpp"
#include "heymilo/models/api_error.hpp"
#include "heymilo/models/enum_json.hpp"
#include "heymilo/models/ingest.hpp"
#include "heymilo/workflows/journal.hpp"

/// Ingests any number of candidates into a posting, each exactly once, although the API has no
/// idempotency keys: a journal on disk knows what became of each key, and what is in doubt is
/// looked for in the posting before it is sent again.
namespace heymilo::workflows {

/// What became of a record. (An Outcome is of one request, which an Error tells of.)
enum class RecordState {
  unsent,      ///< not sent, or proven not to have arrived
  ingested,    ///< in the posting, or was there
  queued,      ///< accepted by an async operation
  rejected,    ///< refused, by the API or by the library
  unresolved,  ///< whether it arrived cannot be determined: the next run looks for it again
  changed,     ///< its key is ingested or queued with other content: it is not sent
  duplicate,   ///< its key was in the source before: it is not sent
};

/// `unsent`, `ingested`, `queued`, `rejected`, `unresolved`, `changed` or `duplicate`.
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
  /// The value that says who the record is, where the source does not have it in the metadata:
  /// `key:NAME:VALUE` is then its key. BulkIngestOptions::key has to be a NAME.
  std::optional<std::string> key{};
};

/// Gives one record after the other, and nothing when there are no more. It is called by one thread
/// at a time, which may be another one each time. It may wait for input. A source that waits when
/// BulkIngestOptions::stop is cancelled should return nothing: this does not count as its end.
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

/// Where a run stands. Counts are of this run's records, but for `job`.
struct BulkProgress {
  std::uint64_t read = 0;        ///< from the source
  std::uint64_t ingested = 0;    ///< sent, and in the posting
  std::uint64_t queued = 0;      ///< sent, and accepted by an async operation
  std::uint64_t known = 0;       ///< ingested or queued before, or by another worker
  std::uint64_t changed = 0;     ///< known with other content
  std::uint64_t duplicate = 0;   ///< in the source before
  std::uint64_t rejected = 0;    ///< refused, by the API or by the library, now or before
  std::uint64_t unresolved = 0;  ///< whether they arrived cannot be determined
  std::uint64_t in_flight = 0;   ///< in a request
  std::uint64_t in_doubt = 0;    ///< in a request that has ended, with an unknown outcome
  std::uint64_t sent = 0;        ///< may have reached the API
  std::uint64_t requests = 0;    ///< made, retries and lists included
  /// All keys of the posting that the journal has, of all runs and all workers; a moment old.
  JournalCounts job{};
  std::chrono::steady_clock::duration elapsed{};  ///< since the run began
  /// What the run is doing now: `joining` (opening the journal), `adopting` (taking over who is in
  /// the posting, as the journal is new or may be an older copy), `sending`, `looking` (for records
  /// in doubt), `settling` (waiting before it looks again) or `done`.
  std::string_view phase = "joining";
  /// How long it still waits before it looks, while it is `adopting` or `settling`.
  std::chrono::milliseconds wait{0};
  /// How long nothing is sent, from now: the API has asked for it, or has failed.
  std::chrono::milliseconds pause{0};
};

/// What became of one record of the source.
struct RecordReport {
  std::uint64_t index = 0;                     ///< in the source, from 0
  std::optional<std::uint64_t> line{};         ///< where it begins: see BulkRecord::line
  RecordState state = RecordState::unsent;     ///< what became of it
  bool known = false;                          ///< by an earlier run, or by another worker
  std::optional<std::string> interview_id{};   ///< where it is `ingested`, if known
  std::optional<std::string> interview_url{};  ///< the same
  std::optional<std::string> ingestion_id{};   ///< where it is `queued`
  /// Where it is `rejected` or `unresolved`. Of a record that an earlier run has settled, the
  /// journal has the code only.
  std::optional<APIErrorDetail> error{};
};

/// How bulkIngest() works.
struct BulkIngestOptions {
  /// The journal, an SQLite file, for any number of processes of this machine. It is made where
  /// there is none, for its owner alone. Empty: the default of API and posting,
  /// `${XDG_STATE_HOME:-$HOME/.local/state}/heymilo/HOST/POSTING.journal`. Refused are names under
  /// which SQLite keeps nothing on disk (`:memory:`, a URL), and what is not a regular file. For a
  /// file of such a name, give `./:memory:`.
  std::string journal{};
  /// The journal, instead of a file: postgres::journal(), for example. One run at a time may use
  /// the object; other runs make another one of the same journal.
  std::shared_ptr<Journal> store{};
  /// Who a record is. Empty: its content. `email`: its address. Any other NAME: the value under
  /// NAME in its metadata, which is the user's own id. The metadata get the key as `heymilo_ref`.
  std::string key{};
  /// Nobody else has sent anybody to this posting: a new journal need not take over who is in it.
  /// It plays no part where the journal has been used for the posting before, or the posting shows
  /// somebody.
  bool new_posting = false;
  std::size_t chunk = 100;      ///< records in a request
  std::size_t concurrency = 4;  ///< requests at the same time
  /// Use the async operation: records end as `queued`.
  bool async = false;
  /// How long a request whose outcome is unknown may still be carried out after its end. What does
  /// not show in the posting after that has not arrived, and is sent again. Empty: 125 s (5 s for
  /// packets under way, and 2 minutes, the longest time that usual proxies wait for an API); with
  /// `async` 605 s, because of the queue. A shorter time than the API and its proxies take ingests
  /// people twice.
  std::optional<std::chrono::milliseconds> settling_time{};
  /// How far the clocks of the API's machines may differ: the search for records in doubt begins so
  /// long before they were sent. The time of sending comes from the Date headers of the API's
  /// responses; this machine's wall clock plays no part.
  std::chrono::milliseconds clock_margin = std::chrono::minutes{5};
  /// How many requests in a row may fail for reasons that are not their records' before the run
  /// gives up.
  std::size_t patience = 5;
  /// Ends the run in good order: nothing more is sent, requests under way are waited for.
  CancellationToken stop{};
  /// Called about once a second, and when something has happened, on the thread that called
  /// bulkIngest(). It should return soon, as on_record: meanwhile the journal is not written.
  std::function<void(const BulkProgress&)> on_progress{};
  /// Called with each record that was read, when it is known what became of it: in no particular
  /// order, on the same thread.
  std::function<void(const RecordReport&)> on_record{};
};

/// How a run ended. Counts are of this run's records, but for `job`: see BulkProgress.
struct BulkIngestResult {
  std::uint64_t records = 0;     ///< read from the source
  std::uint64_t ingested = 0;    ///< sent, and in the posting
  std::uint64_t queued = 0;      ///< sent, and accepted by an async operation
  std::uint64_t known = 0;       ///< ingested or queued before, or by another worker
  std::uint64_t changed = 0;     ///< known with other content
  std::uint64_t duplicate = 0;   ///< in the source before
  std::uint64_t rejected = 0;    ///< refused, by the API or by the library, now or before
  std::uint64_t unresolved = 0;  ///< whether they arrived cannot be determined
  std::uint64_t unsent = 0;      ///< the run ended before
  std::uint64_t requests = 0;    ///< made in this run
  JournalCounts job{};           ///< all keys of the posting that the journal has
  /// The whole source has been read, and nothing is unsent or unresolved.
  bool complete = false;
  bool stopped = false;  ///< by BulkIngestOptions::stop
};

/// Ingests the source's records into the posting: those whose keys the journal does not know yet,
/// in whatever order they come. Any number of workers, runs of any age among them, may use the
/// journal in parallel, and share the work.
///
/// Before a record is sent, the journal says so on disk; after that, what became of it. One whose
/// outcome is unknown is looked for first: the posting is listed from the moment of sending on, and
/// records whose key shows there are `ingested`; after the settling time it is listed once more,
/// and only what has still not shown up is sent again. Where the moment of sending is not certain,
/// the posting is listed from its beginning: responses have no Date, contradict each other, or
/// nobody has been seen whose `created_at` agrees with them. With `async`, a record in doubt is
/// `unresolved` while others that were queued before it have not shown up either: a later run looks
/// for it again, and sends it where the queue has shown that it did not arrive.
///
/// A journal that is new, or may be an older copy, first takes over who is in the posting. It waits
/// for the settling time, and then lists the posting from its beginning. It waits longer, by the
/// longest time of an attempt and 15 s, where other workers may have a request under way: always in
/// PostgreSQL and on systems other than Linux; with a file on Linux, where another journal in its
/// directory, or one that was in its place, is in use, and where this Journal has had a run before.
/// `new_posting` skips this for a new journal, unless the posting shows somebody. Other runs begin
/// with a list from the journal's newest sending on.
///
/// The journal must stay where it is: before each request, and again when it is connected,
/// bulkIngest() checks whether the file was deleted, moved, replaced or truncated, and ends with
/// StoreError where it was.
///
/// A 422 that names records rejects these and sends the others again; one that names nobody, a 400
/// and a 413 are narrowed down by halves, and so is a 5xx where the records have not arrived. A
/// record on which the API keeps failing ends the run, after the others have been ingested.
///
/// Its waits go by the client's clock.
///
/// Throws where continuing is pointless, with the journal intact: the StatusError of a 401,
/// 403, 404 or another refusal that is not a record's; the Error of a request when so many have
/// failed (BulkIngestOptions::patience); StoreError where the journal can't be used or is for
/// something else (after records were sent, what() says how many, and what to do); DecodeError
/// where a candidate of the posting that can't be read may be one of the records in doubt;
/// InvalidArgumentError for options that can't be used; and what the source and the callbacks
/// throw.
BulkIngestResult bulkIngest(const Client& client, std::string_view posting_id,
                            const BulkSource& source, const BulkIngestOptions& options = {});

}  // namespace heymilo::workflows
