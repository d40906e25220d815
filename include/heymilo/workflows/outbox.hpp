#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/client.hpp"
#include "heymilo/models/api_error.hpp"
#include "heymilo/models/enum_json.hpp"
#include "heymilo/workflows/journal.hpp"

/// The outbox: an application inserts a row in the same database transaction in which it accepts an
/// applicant, and deliverOutbox() ingests what has been committed, each key once.
namespace heymilo::workflows {

/// A posting with rows that wait.
struct OutboxPosting {
  std::string posting_id{};        ///< of the posting
  std::uint64_t rows = 0;          ///< that wait
  std::chrono::seconds oldest{0};  ///< how long the oldest of them has waited
  std::int64_t newest = 0;         ///< the greatest OutboxRow::id
  /// JournalPosting::key_name of the posting; empty where the journal does not have it yet.
  std::string key_name{};
};

/// A row that waits.
struct OutboxRow {
  std::int64_t id = 0;    ///< grows with each insertion, and is not used again
  std::string key{};      ///< the user's id of the person
  std::string request{};  ///< a CandidateIngestRequest in JSON, or whatever was inserted
};

/// What became of a row.
enum class OutboxState {
  ingested,  ///< it is in the posting
  queued,    ///< it is in the API's queue: another program has sent it by an async operation
  rejected,  ///< refused by the API, or by the library
  changed    ///< its key is known with other content: it is not sent
};
/// `ingested`, `queued`, `rejected` or `changed`.
std::string_view toString(OutboxState state) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(state).
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, OutboxState state) {
  heymilo::detail::setText(json, toString(state));
}
/// It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, OutboxState& state) = delete;

/// What became of one row.
struct OutboxOutcome {
  std::int64_t id = 0;                        ///< OutboxRow::id
  OutboxState state = OutboxState::ingested;  ///< its state now
  std::string interview_id{};                 ///< where it is `ingested`, if known
  std::optional<APIErrorDetail> error{};      ///< of a rejected one
};

/// An outbox, in the same database as its journal. sqliteOutbox() keeps it in a file,
/// `postgres::outbox()` in PostgreSQL.
///
/// Rows are inserted in SQL, by any program: see `examples/sql/outbox_sqlite.sql` and
/// `examples/sql/outbox_postgres.sql`. A key of a posting has one row, or none.
///
/// The functions may be called by any thread. Each is one transaction, and throws StoreError.
class Outbox {
 public:
  virtual ~Outbox();

  /// A new Journal object of the same database, for one run at a time.
  virtual std::shared_ptr<Journal> journal() = 0;

  /// The postings with rows that wait.
  virtual std::vector<OutboxPosting> pending() = 0;
  /// Up to `most` rows of a posting that wait, in the order of their insertion, after this id.
  /// Transactions may commit in another order than they insert: a row may appear before others that
  /// have been read. So each delivery begins at 0.
  virtual std::vector<OutboxRow> pending(const std::string& posting_id, std::int64_t after,
                                         std::size_t most) = 0;
  /// Writes what became of rows that wait; others are left alone. A row keeps its request only
  /// where it is rejected.
  virtual void settle(const std::vector<OutboxOutcome>& outcomes) = 0;
  /// Erases the requests and the API's words of rows that were rejected so long ago or longer.
  /// Returns how many rows these are.
  virtual std::uint64_t expire(std::chrono::seconds age) = 0;
  /// Throws where the store can't be used any more, as its file was deleted or replaced.
  virtual void requireInPlace() {}
};

/// The outbox in an SQLite file, beside its journal: see sqliteJournal(). The file may be the
/// application's own database: its tables, user_version, application_id and journal_mode are left
/// alone. Opens it, or makes it, readable by its owner only, and makes the tables `heymilo_...`
/// where they are missing. Throws StoreError. While another program has the file locked, the tables
/// are left for the next operation, which deliverOutbox() tries again.
///
/// A key that is inserted again waits again, and the journal tells whether its request is the same
/// as what was sent. While a key waits, its first request stays, and the newest other one follows.
///
/// What is erased is overwritten in the file (secure_delete), and in its write-ahead log, if it has
/// one, as soon as no other program is reading.
std::shared_ptr<Outbox> sqliteOutbox(const std::string& file);

/// The SQL that makes the tables of an outbox in SQLite: `examples/sql/outbox_sqlite.sql`.
std::string sqliteOutboxSchema();

/// What deliverOutbox() reports. Nothing in it is about a person.
struct OutboxEvent {
  /// What has happened.
  enum class Kind {
    delivered,  ///< `count` rows are in the posting; `known` of them were there before
    rejected,   ///< `count` rows were set aside with `code`
    changed,    ///< `count` rows have a key that is known with other content: they are not sent
    failed,     ///< the API or the database, with `error`; it is tried again after `wait`
    waiting,    ///< `count` rows of the posting wait, the oldest for `oldest`
    expired     ///< `count` rejected rows were erased, but for key and code
  };
  Kind kind = Kind::waiting;          ///< what has happened
  std::string posting_id{};           ///< empty where it is of no posting
  std::uint64_t count = 0;            ///< of rows
  std::uint64_t known = 0;            ///< of rows that were in the posting before
  std::string code{};                 ///< of APIErrorDetail
  std::chrono::seconds oldest{0};     ///< how long the oldest row has waited
  std::chrono::milliseconds wait{0};  ///< until it is tried again
  std::exception_ptr error{};         ///< an Error
};
/// `delivered`, `rejected`, `changed`, `failed`, `waiting` or `expired`.
std::string_view toString(OutboxEvent::Kind kind) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(kind).
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, OutboxEvent::Kind kind) {
  heymilo::detail::setText(json, toString(kind));
}
/// It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, OutboxEvent::Kind& kind) = delete;

/// How deliverOutbox() works.
struct OutboxOptions {
  /// The NAME of the keys: the person of a row is `key:NAME:KEY`, as with BulkIngestOptions::key.
  /// Where the journal has the posting already, its NAME counts. The metadata of a request need not
  /// have NAME; one with another value than the row's key is rejected.
  std::string key = "id";
  std::size_t chunk = 100;  ///< rows in a request
  /// Requests of a posting at the same time. With 1, its rows are sent in the order of their
  /// insertion, but for those that are committed later than others inserted after them.
  std::size_t concurrency = 1;
  std::size_t postings = 8;  ///< that are worked on at the same time
  std::chrono::milliseconds poll = std::chrono::seconds{1};  ///< how often it looks for new rows
  /// How long a rejected request is kept, with the API's words.
  std::chrono::seconds expire_after = std::chrono::hours{24 * 30};
  bool once = false;         ///< end when what is there has been delivered
  bool new_posting = false;  ///< see BulkIngestOptions
  std::optional<std::chrono::milliseconds> settling_time{};          ///< see BulkIngestOptions
  std::chrono::milliseconds clock_margin = std::chrono::minutes{5};  ///< see BulkIngestOptions
  std::size_t patience = 5;                                          ///< see BulkIngestOptions
  /// Ends it in good order: nothing more is sent, requests under way are waited for.
  CancellationToken stop{};
  /// Called by one thread at a time, which may be another one each time. What it throws ends
  /// deliverOutbox().
  std::function<void(const OutboxEvent&)> on_event{};
};

/// What has been done.
struct OutboxResult {
  std::uint64_t delivered = 0;  ///< rows that are in the posting
  std::uint64_t known = 0;      ///< of these, that were there before
  std::uint64_t rejected = 0;   ///< set aside
  std::uint64_t changed = 0;    ///< not sent, as they are known with other content
  std::uint64_t failed = 0;     ///< postings whose last delivery failed: their rows still wait
  bool stopped = false;         ///< by OutboxOptions::stop
  std::exception_ptr error{};   ///< with `once`, the first Error of a posting that failed
};

/// Ingests the rows of an outbox into their postings, until it is stopped. It may be killed at any
/// moment, and any number of processes may deliver an outbox: each key is ingested once. What
/// bulkIngest() says of a new journal, and of records in doubt, holds here too.
///
/// A row whose request is not a CandidateIngestRequest, or is refused, is set aside with the words
/// of the API or the library, and the others are delivered. An application that enqueues the key
/// again, with a corrected request, replaces it. A row whose outcome is not known yet still waits,
/// and the next delivery to its posting looks for it again.
///
/// A posting that fails does not hold up the others. It is tried again after 1 s, 2 s, 4 s, ... up
/// to 5 minutes, and after at most 30 s where new rows have come. The same holds for a database
/// that can't be reached.
///
/// Throws InvalidArgumentError for options that can't be used; StoreError where the database can't
/// be used any more, or, with `once`, where it fails; and what the callback throws.
OutboxResult deliverOutbox(const Client& client, Outbox& outbox, const OutboxOptions& options = {});

}  // namespace heymilo::workflows
