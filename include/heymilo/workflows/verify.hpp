#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/client.hpp"
#include "heymilo/models/enum_json.hpp"
#include "heymilo/models/timestamp.hpp"
#include "heymilo/pagination.hpp"
#include "heymilo/workflows/journal.hpp"

/// Compares a posting with its journal: is each key there once?
namespace heymilo::workflows {

/// What verifyPosting() reports of a key.
enum class VerifyKind {
  /// Two interview_ids for the key: both in the posting, or one of them known from a receipt only.
  twice,
  /// One interview_id for two keys: the API takes them for one person.
  shared,
  /// The API has confirmed or queued the key, and the posting does not show it. A key with an
  /// interview_id is `deleted` instead: the API gives that when the candidate is made.
  missing,
  /// The candidate's `heymilo_ref` is a key of the journal's kind, and the journal does not have it
  /// as sent: another journal is in use for the posting.
  foreign,
  /// The key was ingested, and its candidate is not in the posting any more. A candidate that the
  /// API has lost cannot be told from one that somebody has deleted.
  deleted,
};
/// `twice`, `shared`, `missing`, `foreign` or `deleted`.
std::string_view toString(VerifyKind kind) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(kind).
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, VerifyKind kind) {
  heymilo::detail::setText(json, toString(kind));
}
/// It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, VerifyKind& kind) = delete;

/// A key that is not in the posting once, as it should be. A key may be an id of the user's own;
/// no name or address is in it.
struct VerifyFinding {
  VerifyKind kind = VerifyKind::twice;  ///< what is reported
  std::vector<std::string> keys{};      ///< as in `heymilo_ref`; several where they are `shared`
  std::vector<std::string>
      interview_ids{};                      ///< all that the posting or the journal has of the keys
  std::string ingestion_id{};               ///< of a missing one that was queued
  std::optional<Timestamp> queued_since{};  ///< the same, by the API's time
};

/// Where verifyPosting() stands.
struct VerifyProgress {
  std::uint64_t read = 0;                   ///< candidates of the posting
  std::optional<std::uint64_t> expected{};  ///< in all, where the API sends totals
  std::uint64_t requests = 0;               ///< made
};

/// How verifyPosting() works.
struct VerifyOptions {
  /// How long the API's queue may take: a key that was queued longer ago, by the API's time, and is
  /// not in the posting is `missing`.
  std::chrono::milliseconds queue_time = std::chrono::hours{1};
  /// The journal forgets who the `deleted` keys were: see Journal::forget(). Only after the whole
  /// list was read: nobody is forgotten where the API says that there are more candidates than it
  /// listed, or where one is unreadable whose interview_id is unknown, as that may be any of them.
  bool forget_deleted = false;
  /// Ends the list: verifyPosting() throws CancelledError.
  CancellationToken cancellation{};
  /// Called with each finding, after the posting was read, on the calling thread.
  std::function<void(const VerifyFinding&)> on_finding{};
  /// Called after each page, on the calling thread.
  std::function<void(const VerifyProgress&)> on_progress{};
  /// Called with each candidate whose key can't be read, on the calling thread.
  UnreadableHandler on_unreadable{};
};

/// What verifyPosting() found. A key is in one count, unless it is `twice` and another thing as
/// well.
struct VerifyResult {
  std::uint64_t candidates = 0;  ///< in the posting
  std::uint64_t once = 0;        ///< keys of the journal that are there once, as they should be
  std::uint64_t twice = 0;       ///< keys; see VerifyKind
  std::uint64_t shared = 0;      ///< interview_ids with several keys
  std::uint64_t missing = 0;     ///< keys
  std::uint64_t foreign = 0;     ///< keys
  std::uint64_t deleted = 0;     ///< keys; without those that are `forgotten`
  /// Keys whose candidate was deleted, and of which the journal knows no more than that they were
  /// ingested, by VerifyOptions::forget_deleted of this run or an earlier one.
  std::uint64_t forgotten = 0;
  std::uint64_t queued = 0;  ///< keys that the posting does not show yet, within `queue_time`
  std::optional<Timestamp> queued_since{};  ///< the first of them, if known
  std::uint64_t unsettled = 0;              ///< keys in flight, in doubt or unresolved: skipped
  std::uint64_t unsent = 0;  ///< keys that are rejected or unsent, and not in the posting
  /// Keys that the journal does not have, recognised by the metadata key or the address only: these
  /// candidates came by another way.
  std::uint64_t by_other_ways = 0;
  std::uint64_t without_key = 0;  ///< candidates without a key of any kind
  std::uint64_t other_keys = 0;   ///< candidates whose `heymilo_ref` is of another kind
  std::uint64_t unreadable = 0;   ///< candidates whose key can't be read: each may be any key's
  std::uint64_t requests = 0;     ///< made

  /// Nothing is twice, shared, missing, foreign or unreadable.
  bool good() const noexcept { return twice + shared + missing + foreign + unreadable == 0; }
};

/// Reads the posting once, from its beginning, and compares it with the journal, which is not
/// changed, unless VerifyOptions::forget_deleted is set. What it has read is in a private temporary
/// database, so that memory stays flat.
///
/// Workers may use the journal meanwhile without false alarms. The journal is read before the
/// posting: a key that is ingested by then is in a list that begins later, unless it was deleted.
/// Keys that the posting shows and the journal did not have are looked up in it again afterwards:
/// a key is in the journal before it is sent.
///
/// Throws InvalidArgumentError where the journal has no such posting (`posting_id`) or is for
/// another API (`base_url`) or digest version (`journal`); StoreError where the journal or the
/// temporary database can't be used; and what the list throws.
VerifyResult verifyPosting(const Client& client, std::string_view posting_id, Journal& journal,
                           const VerifyOptions& options = {});

}  // namespace heymilo::workflows
