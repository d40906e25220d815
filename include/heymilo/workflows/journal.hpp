#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/models/enum_json.hpp"
#include "heymilo/models/timestamp.hpp"

/// The interface of a journal, which a store implements: what became of each key, for all workers
/// that ingest into a posting, so that each key is ingested once.
namespace heymilo::workflows {

/// What a journal is for. It is stored with the first join(), and another one is refused while the
/// journal has a key or a worker of the posting.
struct JournalPosting {
  std::string posting_id{};  ///< of the posting
  std::string base_url{};    ///< of the API: Client::baseUrl()
  std::string key_name{};    ///< what the keys are: `key:NAME`, `email` or `content`
  int digest_version = 1;    ///< how content is made a digest

  bool operator==(const JournalPosting& other) const;  ///< all members are equal
  /// Not all members are equal.
  bool operator!=(const JournalPosting& other) const { return !(*this == other); }
};

/// The state of a key. A key that the journal does not have is as one that is `unsent`.
enum class KeyState {
  unsent,      ///< not sent, or proven not to have arrived: free
  in_flight,   ///< claimed by a worker that lives, as far as is known
  in_doubt,    ///< sent, perhaps, by a request that has ended
  ingested,    ///< in the posting, or was there
  queued,      ///< accepted by an async operation, and not seen in the posting yet
  rejected,    ///< refused by the API, or by the library; the same content is not sent again
  unresolved,  ///< whether it arrived cannot be determined; the next run looks for it again
};
/// `unsent`, `in_flight`, `in_doubt`, `ingested`, `queued`, `rejected` or `unresolved`.
std::string_view toString(KeyState state) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(). It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, KeyState value) {
  heymilo::detail::setText(json, toString(value));
}
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, KeyState& value) = delete;

/// Who makes an operation, and which of its operations it is.
struct JournalStamp {
  std::string worker{};       ///< a random name, never used again by another worker
  std::int64_t number = 0;    ///< grows with each operation of the worker, from 1
  std::int64_t answered = 0;  ///< the last one that had a response; 0: none
};

/// What a store says of the stamp of an operation. Only a `good` one is carried out, unless its
/// description says otherwise.
enum class JournalOutcome {
  good,
  stale,        ///< a later operation of the worker was carried out before
  gone,         ///< others have taken the worker for dead, or it has left
  restored,     ///< the store may be older than it was; it is not adopted any more
  not_adopted,  ///< claim() only: adoption comes first
  refused       ///< join() only: the journal is for something else, and has a key or a worker
};
/// `good`, `stale`, `gone`, `restored`, `not_adopted` or `refused`.
std::string_view toString(JournalOutcome outcome) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(). It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, JournalOutcome value) {
  heymilo::detail::setText(json, toString(value));
}
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, JournalOutcome& value) = delete;

/// The first operation of a worker. Its stamp has the number 1.
struct JournalJoin {
  JournalStamp stamp{};      ///< of the worker
  JournalPosting posting{};  ///< what the worker takes the journal to be for
  std::string name{};        ///< for people: host and process id
  /// Others that see the worker's row unchanged for so long may take it for dead.
  std::chrono::milliseconds outlast{0};
};
/// What the store says of a JournalJoin.
struct JournalJoined {
  JournalOutcome outcome = JournalOutcome::good;  ///< `good`, `stale` or `refused`
  JournalPosting posting{};                       ///< what the journal is for
};

/// Another worker's row, seen unchanged.
struct UnchangedWorker {
  std::string worker{};     ///< its name
  std::int64_t number = 0;  ///< of its last operation
};
/// Says that the worker lives, and buries those that do not.
struct JournalBeat {
  JournalStamp stamp{};  ///< of the worker
  /// Workers that are dead. One whose number has changed is left alone, as is one that the store
  /// knows to live. The keys that the others have in flight become `in_doubt`.
  std::vector<UnchangedWorker> dead{};
  /// The worker begins to claim.
  bool begun = false;
  /// The API's time when it began to look at the posting from JournalView::newest on, which it has
  /// done to the end; empty: it has not, or does not know. With the worker's first beat that has
  /// `begun`, it becomes the newest where that is not known or earlier.
  std::optional<Timestamp> looked{};
};
/// A worker's row, for others.
struct JournalWorker {
  std::string worker{};                  ///< its name
  std::int64_t number = 0;               ///< of its last operation
  std::chrono::milliseconds outlast{0};  ///< JournalJoin::outlast
  bool begun = false;                    ///< JournalBeat::begun
  /// Whether it lives, where the store knows (by a lock of the kernel).
  std::optional<bool> lives{};
};
/// How many keys have each KeyState.
struct JournalCounts {
  std::uint64_t unsent = 0;      ///< KeyState::unsent
  std::uint64_t in_flight = 0;   ///< KeyState::in_flight
  std::uint64_t in_doubt = 0;    ///< KeyState::in_doubt
  std::uint64_t ingested = 0;    ///< KeyState::ingested
  std::uint64_t queued = 0;      ///< KeyState::queued
  std::uint64_t rejected = 0;    ///< KeyState::rejected
  std::uint64_t unresolved = 0;  ///< KeyState::unresolved
};
/// The journal after a JournalBeat. Where the outcome is not `good`, the rest is empty.
struct JournalView {
  JournalOutcome outcome = JournalOutcome::good;  ///< of the beat
  bool adopted = false;                           ///< keys may be claimed
  std::vector<JournalWorker> others{};            ///< all other workers that are not gone
  JournalCounts counts{};                         ///< of all keys of the posting
  /// The newest `sent_at` of all claims, or the API's time at the beginning of the last adoption or
  /// look, whichever is later. Empty where that is not known, or one of the claims since the last
  /// adoption or look was without a time.
  std::optional<Timestamp> newest{};
};

/// Who a record is, and a digest of its content.
struct KeyedRecord {
  std::string key{};     ///< as in `heymilo_ref`
  std::string digest{};  ///< of the content
};
/// Claims keys that are free. A claim without a response is made void by settle().
struct JournalClaim {
  JournalStamp stamp{};                ///< of the worker
  std::string token{};                 ///< random, never used again
  std::vector<KeyedRecord> records{};  ///< to be claimed, each key once
  std::size_t most = 0;  ///< so many are claimed at most, the first ones that are free
  bool async = false;    ///< they are sent by an async operation
  std::optional<Timestamp> sent_at{};  ///< the API's time now, never ahead; empty: not known
};
/// What a claim says of a key.
enum class KeyVerdict {
  claimed,     ///< it is the worker's: to be sent
  free,        ///< not claimed, as `most` were
  known,       ///< `ingested` or `queued`, with the same content or one that is not known
  changed,     ///< `ingested` or `queued`, with other content: not to be sent
  rejected,    ///< with the same content: not to be sent
  unresolved,  ///< by this worker
  elsewhere,   ///< another worker has it: to be asked again
  in_doubt     ///< to be asked again
};
/// `claimed`, `free`, `known`, `changed`, `rejected`, `unresolved`, `elsewhere` or `in_doubt`.
std::string_view toString(KeyVerdict verdict) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(). It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, KeyVerdict value) {
  heymilo::detail::setText(json, toString(value));
}
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, KeyVerdict& value) = delete;
/// What the journal has of a key.
struct KeyAnswer {
  KeyVerdict verdict = KeyVerdict::free;  ///< what the claim says
  KeyState state = KeyState::unsent;      ///< after the claim
  /// How often requests with this key have failed in the API.
  int failures = 0;
  std::string interview_id{};   ///< where it is `ingested`, if known
  std::string interview_url{};  ///< the same
  std::string ingestion_id{};   ///< where it is `queued`
  std::string error_code{};     ///< where it is `rejected`
};
/// What the store says of a JournalClaim.
struct JournalClaimed {
  JournalOutcome outcome = JournalOutcome::good;  ///< of the claim
  std::vector<KeyAnswer> answers{};               ///< one for each record, in their order
};

/// What became of a key that was claimed.
struct KeyResult {
  std::string key{};     ///< KeyedRecord::key
  std::string digest{};  ///< KeyedRecord::digest
  std::string claim{};   ///< JournalClaim::token
  /// `ingested`, `queued`, `rejected`, `unsent` (proven) or `in_doubt` (its request has ended).
  KeyState state = KeyState::in_doubt;
  bool async = false;          ///< it was sent by an async operation
  bool failed = false;         ///< of one in doubt: the API has failed, perhaps because of this key
  bool undated = false;        ///< of one in doubt: `sent_at` was not certain after all
  std::string interview_id{};  ///< of a receipt
  std::string interview_url{};             ///< of a receipt
  std::string ingestion_id{};              ///< of one that is `queued`
  std::string error_code{};                ///< of one that is `rejected`
  std::optional<Timestamp> received_at{};  ///< of a receipt: the API's time
};
/// Carried out whatever the outcome is; its stamp counts where it is good.
struct JournalSettle {
  JournalStamp stamp{};              ///< of the worker
  std::vector<KeyResult> results{};  ///< of its claims
};
/// What the store says of a JournalSettle.
struct JournalSettled {
  JournalOutcome outcome = JournalOutcome::good;  ///< of the stamp; results are written in any case
  /// Receipts with another interview_id than the key has already: they are kept as second ones.
  std::size_t twice = 0;
};

/// Asks to be the worker that searches the posting: there is one at a time. A worker that is dead
/// is not the searcher any more.
struct JournalSearch {
  JournalStamp stamp{};  ///< of the worker
};
/// A key in doubt.
struct KeyInDoubt {
  std::string key{};    ///< KeyedRecord::key
  std::string claim{};  ///< JournalClaim::token
  std::string owner{};  ///< the worker that claimed it
  bool async = false;   ///< it was sent by an async operation
  /// Where it has been `unresolved`: the journal's count of claims at that moment. Otherwise 0.
  std::int64_t doubted = 0;
  std::optional<Timestamp> sent_at{};  ///< JournalClaim::sent_at
};
/// What the store says of a JournalSearch.
struct JournalDoubts {
  JournalOutcome outcome = JournalOutcome::good;  ///< of the search
  bool mine = false;       ///< the worker is the searcher; otherwise the rest is empty
  std::string adoption{};  ///< to be given to release(); empty where the journal is adopted
  bool fresh = false;      ///< the journal has never been adopted, and has no keys
  /// The longest JournalJoin::outlast of all workers' rows, of those that are gone too.
  std::chrono::milliseconds outlast{0};
  /// No worker lives that may have sent anybody by this journal, as it was before, or by one that
  /// was in its place: the store knows that by locks of the kernel. Adoption need not wait for
  /// their last requests.
  bool alone = false;
  std::vector<KeyInDoubt> doubts{};         ///< all keys in doubt
  std::uint64_t queued = 0;                 ///< keys that are `queued`
  std::optional<Timestamp> queued_since{};  ///< their first `sent_at`; empty: one is not known
};

/// A key as the posting shows it.
struct ShownKey {
  std::string key{};                      ///< KeyedRecord::key
  std::string interview_id{};             ///< of the candidate
  std::string interview_url{};            ///< of the candidate
  std::optional<Timestamp> created_at{};  ///< of the candidate
};
/// What a page of the posting's list shows: these keys become `ingested`, whatever they were, and
/// those that the journal does not have are added, without a digest. Carried out whatever the
/// outcome is, as settle().
struct JournalShown {
  JournalStamp stamp{};           ///< of the worker
  std::vector<ShownKey> shown{};  ///< the keys of the page
};
/// A receipt and its candidate.
struct TimeComparison {
  std::string owner{};      ///< the worker that had the receipt
  Timestamp received_at{};  ///< the receipt, by the API's time as its responses tell it
  Timestamp created_at{};   ///< the candidate, which was not later
};
/// How far the API's queue is, by the journal's count of claims when keys were claimed.
struct QueueState {
  std::optional<std::int64_t> oldest_unshown{};  ///< the first of those that are `queued`
  std::optional<std::int64_t>
      newest_shown{};  ///< the last async one that has shown up in the posting
};
/// What the store says of a JournalShown.
struct JournalRecognised {
  JournalOutcome outcome = JournalOutcome::good;  ///< of the stamp; keys are written in any case
  std::size_t unknown = 0;                        ///< keys that the journal did not have
  std::size_t twice = 0;  ///< keys with another interview_id than the journal had
  /// For each owner, the one with the earliest `created_at` in relation to `received_at`.
  std::vector<TimeComparison> comparisons{};
  QueueState queue{};  ///< after these
};

/// The end of a search.
struct JournalRelease {
  JournalStamp stamp{};  ///< of the worker
  /// Not in the posting: those that are still in doubt with the same claim become `unsent`. One of
  /// which there is a late receipt becomes what that says.
  std::vector<KeyInDoubt> free{};
  /// The same, but they become `unresolved`, by this worker, with the count of claims: each claim()
  /// that claims anything is one more.
  std::vector<KeyInDoubt> unresolved{};
  /// JournalDoubts::adoption: the journal is adopted, unless another adoption has become necessary.
  std::string adoption{};
  /// Of an adoption: the API's time at its beginning.
  std::optional<Timestamp> began{};
};

/// Where a posting stands, for reports.
struct JournalStanding {
  JournalPosting posting{};           ///< what the journal is for
  bool adopted = false;               ///< otherwise the next run first takes over who is there
  JournalCounts counts{};             ///< of all keys
  std::optional<Timestamp> newest{};  ///< see JournalView::newest
};

/// A row, for reports.
struct JournalRow {
  std::string key{};                               ///< KeyedRecord::key
  std::string digest{};                            ///< KeyedRecord::digest; empty: not known
  KeyState state = KeyState::unsent;               ///< of the key
  std::string interview_id{};                      ///< where it is `ingested`, if known
  std::string interview_url{};                     ///< the same
  std::string ingestion_id{};                      ///< where it is `queued`
  std::string error_code{};                        ///< where it is `rejected`
  std::vector<std::string> other_interview_ids{};  ///< of second receipts
  std::optional<Timestamp> sent_at{};              ///< of the last claim, if it is certain
  /// It is `ingested`, and all else is forgotten: see Journal::forget().
  bool forgotten = false;
};

/// A key whose candidate has been deleted from the posting.
struct DeletedKey {
  std::string key{};                         ///< KeyedRecord::key
  std::vector<std::string> interview_ids{};  ///< all that JournalRow has of it
};

/// A journal. `sqliteJournal()` keeps it in a file, for the processes of a machine,
/// `postgres::journal()` in PostgreSQL.
///
/// Each function is one transaction: it is on disk when the function returns, or it is not made.
/// One that throws StoreError may have been made, or may yet be: the worker continues as if it had
/// not been, with a higher number, after which the store does nothing for the lower one.
///
/// All operations of a posting are carried out one after the other: each begins by locking the
/// posting's row. Before anything else, each compares the stamp with the worker's row:
///
/// - The store is not what it was when the posting's row was last written (its incarnation: see
///   below), the worker has no row, or a row with a number before `answered`: `restored`. The
///   posting is no longer adopted, with a new random adoption, and all its workers are gone: one
///   that has slept since before the copy was made would continue with what it had claimed then.
/// - The worker's row says that it is dead or has left: `gone`. Such rows are kept; the oldest of
///   more than a thousand may be deleted.
/// - The row's number is not before the stamp's: `stale`.
/// - Otherwise `good`: the row has the stamp's number now.
///
/// An incarnation is whatever tells a store from an older copy of itself. Where it is another one
/// than the posting's row has, the store may have forgotten what was written last.
///
/// The functions are called by one thread at a time, requireInPlace() by any. They throw
/// StoreError, also where requireInPlace() would.
class Journal {
 public:
  virtual ~Journal();

  /// Makes the worker's row and, where there is none, the posting's, which is not adopted.
  ///
  /// A join with another JournalPosting than the posting's row has is `refused`. It is accepted
  /// where the posting has no keys, and no worker that is not gone; one that the store knows to be
  /// dead counts as gone. Then the row is bound anew: it has this JournalPosting, and it has never
  /// been adopted. A worker that joined for the former one, by another Journal object, writes
  /// no keys any more.
  virtual JournalJoined join(const JournalJoin&) = 0;
  /// Carries out a JournalBeat.
  virtual JournalView beat(const JournalBeat&) = 0;
  /// A record whose key is free is claimed: `in_flight`, with the token, the worker, `sent_at` and
  /// the digest. So is a rejected one with another digest. A known one without a digest gets this
  /// one. One that is `unresolved` by another worker becomes `in_doubt`. Where nothing changes,
  /// nothing need be written but the worker's number.
  virtual JournalClaimed claim(const JournalClaim&) = 0;
  /// For each result, by its state:
  ///
  /// - `ingested`: the row becomes that, whoever has claimed it since, and is added where there is
  ///   none. Where it is `ingested` with another interview_id, this one is kept as a second
  ///   receipt.
  /// - `queued`: the same where there is no row, or it has the same claim and is not settled; where
  ///   it has another claim and is not settled, it is kept as a late receipt.
  /// - `rejected`: where the row has the same claim and is `in_flight`, `in_doubt`, `unsent` or
  ///   `unresolved`.
  /// - `unsent`: where the row has the same claim and is `in_flight` or `in_doubt`.
  /// - `in_doubt`: where the row has the same claim and is `in_flight` or `unsent`. Where there is
  ///   no row it is added, without `sent_at`.
  ///
  /// A row that becomes `unsent` keeps its claim. Where it has a late receipt, it becomes `queued`.
  virtual JournalSettled settle(const JournalSettle&) = 0;
  /// Carries out a JournalSearch.
  virtual JournalDoubts search(const JournalSearch&) = 0;
  /// Carries out a JournalShown.
  virtual JournalRecognised recognise(const JournalShown&) = 0;
  /// Carries out a JournalRelease.
  virtual JournalOutcome release(const JournalRelease&) = 0;
  /// The worker's last operation: what it has in flight becomes `in_doubt`.
  virtual JournalOutcome leave(const JournalStamp&) = 0;

  /// Where the posting stands; nothing where nobody has joined for it. Nothing is written.
  virtual std::optional<JournalStanding> standing(const std::string& posting_id) = 0;
  /// Up to `most` rows of the posting in the order of their keys, after this key.
  virtual std::vector<JournalRow> rows(const std::string& posting_id, const std::string& after,
                                       std::size_t most) = 0;
  /// Forgets who these keys were. Of each, the journal keeps the key and that it is `ingested`, so
  /// that nobody is ingested again: no ids, link, digest and times. A key is left alone where it is
  /// in another state, or has an interview_id that is not given, as it has changed since it was
  /// read. To claim(), a forgotten key is `known`, whatever the digest, which is not stored. A
  /// receipt or recognise() makes it an ordinary one. Where the database has an outbox too, that
  /// forgets the interview_ids as well. What was there is overwritten, as far as the store can do
  /// that. Returns the number of keys that were forgotten.
  ///
  /// A journal that can't do this throws StoreError, as here.
  virtual std::uint64_t forget(const std::string& posting_id, const std::vector<DeletedKey>& keys);
  /// Throws where what is written would be lost, as the name leads to another file or to none.
  /// Called before each request and again when it is connected: it must be quick.
  virtual void requireInPlace() {}
};

}  // namespace heymilo::workflows
