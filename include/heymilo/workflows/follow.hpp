#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string_view>

#include "heymilo/cancellation.hpp"
#include "heymilo/client.hpp"
#include "heymilo/models/enum_json.hpp"
#include "heymilo/options.hpp"
#include "heymilo/pagination.hpp"
#include "heymilo/workflows/mirror.hpp"

/// Keeps a mirror in step with the API until it is stopped, and reports what has changed.
namespace heymilo::workflows {

/// What a pass of a follower reads.
enum class FollowTask {
  everything,  ///< the whole list: the first time, and after MirrorOptions::full_after
  news,        ///< the end of the list, where new candidates appear
  open,        ///< a page around candidates who are in no final state
  deletions    ///< who is no longer in the list, and who is to be erased
};
/// `everything`, `news`, `open` or `deletions`.
std::string_view toString(FollowTask task) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(task).
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, FollowTask task) {
  heymilo::detail::setText(json, toString(task));
}
/// It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, FollowTask& task) = delete;

/// What followCandidates() has done since it began.
struct FollowResult {
  std::uint64_t seen = 0;      ///< candidates read; one that was read twice counts twice
  std::uint64_t added = 0;     ///< new to the mirror
  std::uint64_t changed = 0;   ///< different from the mirror
  std::uint64_t gone = 0;      ///< no longer in the list
  std::uint64_t erased = 0;    ///< after FollowOptions::erase_after
  std::uint64_t handled = 0;   ///< changes for which on_change has returned
  std::uint64_t requests = 0;  ///< completed, including retries
  /// Candidates that were reported to FollowOptions::on_unreadable.
  std::uint64_t unreadable = 0;
};

/// The state of a follower.
struct FollowStatus {
  /// What it does.
  enum class State {
    catching_up,  ///< it has not read what is new yet, since it began
    in_step,      ///< it has, and reads again after `next`
    standing_by,  ///< another run has the mirror: it takes over when that run is silent
    failing       ///< it waits out the `error`, and tries again after `next`
  };
  State state = State::catching_up;   ///< what it does
  std::chrono::milliseconds next{0};  ///< until it does something; 0: it is doing it
  /// Candidates who were in the list so long ago are in the mirror. Empty: see `catching_up`.
  std::optional<std::chrono::milliseconds> lag{};
  FollowTask task = FollowTask::news;    ///< of the last pass
  MirrorResult last{};                   ///< what the last pass did
  FollowResult total{};                  ///< what was done since it began
  std::uint64_t requests_last_hour = 0;  ///< completed
  std::exception_ptr error{};            ///< an Error, where it is `failing`
};
/// `catching_up`, `in_step`, `standing_by` or `failing`.
std::string_view toString(FollowStatus::State state) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(state).
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, FollowStatus::State state) {
  heymilo::detail::setText(json, toString(state));
}
/// It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, FollowStatus::State& state) = delete;

/// How followCandidates() works.
struct FollowOptions {
  /// As MirrorOptions::overlap.
  std::chrono::milliseconds overlap = std::chrono::minutes{10};
  /// As MirrorOptions::concurrency, for a pass over everything.
  std::size_t concurrency = 1;
  /// As MirrorOptions::erase_after.
  std::chrono::hours erase_after{24 * 7};
  /// As MirrorOptions::full_after.
  std::chrono::hours full_after{24 * 7};
  /// The time between two passes over what is new. It halves, down to the first, when one has found
  /// something, and grows by half, up to the second, when one has not.
  std::chrono::milliseconds shortest_interval = std::chrono::seconds{10};
  std::chrono::milliseconds longest_interval = std::chrono::minutes{5};  ///< see shortest_interval
  /// The most that it uses on average, as Priority::bulk within the client's quota. A pass is not
  /// cut short by it, but waited for afterwards; what is new is read at least every
  /// longest_interval, if that takes no more than its share.
  int requests_per_minute = 60;
  /// After which time another run is taken for dead that has the mirror and does nothing with it.
  /// Callbacks that take longer are silence, too.
  std::chrono::milliseconds silence = std::chrono::seconds{30};
  /// Ends it in good order: a request under way is cancelled, a page that has come is stored.
  CancellationToken stop{};
  /// For each request; its `cancellation` is ignored, see `stop`.
  RequestOptions request{};
  /// Called with each change of a candidate, on the calling thread: see followCandidates().
  std::function<void(const MirrorChange&)> on_change{};
  /// Called on the calling thread after each pass, when its state changes, and at least every ten
  /// seconds while it waits.
  std::function<void(const FollowStatus&)> on_status{};
  /// Called with each unreadable candidate, on the calling thread, once.
  UnreadableHandler on_unreadable{};
};

/// Keeps the mirror in step with the API's list, until FollowOptions::stop.
///
/// What is new is read often: from `overlap` before the newest known candidate on. Candidates in no
/// final state are read the less often, the older they are: those created within the last day every
/// three minutes, within a week every hour, within thirty days every six hours, others daily.
/// Deletions are searched for every quarter of an hour, which erases who is due, too; everything is
/// read after `full_after`. What mirrorCandidates() says of these parts holds here. A sink without
/// count() has no such parts: then each pass reads from the oldest candidate in no final state on.
///
/// A posting in which nothing changes costs about 18 requests an hour, at the default intervals, if
/// everybody is in a final state, besides the pass over everything.
///
/// **Changes.** With `on_change`, the mirror notes changes (see MirrorSink::trackChanges()), also
/// those that other runs find, and `on_change` is called for each candidate with one, in the order
/// of the last change of each. After it has returned, the change is handled(). So each change is
/// handed out at least once, and again if the process is killed in between, or if `on_change`
/// throws, which ends this function with that exception. For a candidate, the changes come in the
/// order in which they were seen, and `before` is what was last handed out. What changes several
/// times between two passes is one change. Candidates who are in the mirror when the first follower
/// with `on_change` begins are not reported: into an empty mirror, each is reported as new. Changes
/// are handed out before anybody is erased; a candidate who is erased by another run has no change
/// any more.
///
/// **Failures.** While the API can't be reached, fails (5xx) or refuses more requests (429), and
/// while the database fails, it tries again, after times that grow to five minutes, and `on_status`
/// is told. So it does for a response that can't be decoded, once it has been in step: it may be
/// the page of a gateway. Other errors are thrown: a repetition does not help.
///
/// **Several runs.** A mirror has one run at a time. An SQLite file is in use for as long as the
/// SqliteMirror exists: other runs are refused. In PostgreSQL, a follower does not take the mirror
/// from a run that stores something: it stands by until that has been silent for `silence`. A run
/// of mirrorCandidates() takes the mirror from a follower, which takes it back after the end of
/// that run.
///
/// It can be killed at any time; all of its state is in the mirror.
///
/// Throws InvalidArgumentError for invalid options; the sink's StoreError at the first load(), and
/// where the sink can't be used any more; the API's errors that a repetition does not help; and
/// what the callbacks throw.
FollowResult followCandidates(const Client& client, std::string_view posting_id, MirrorSink& sink,
                              const FollowOptions& options);

}  // namespace heymilo::workflows
