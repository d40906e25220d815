#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/bulk/journal.hpp"
#include "workflows/bulk/run_control.hpp"

namespace heymilo::workflows {

/// Finds out what became of the records in flight, by looking for them in the posting. Nothing may
/// be being sent meanwhile.
///
/// The posting is looked at from the time of the first sending on, by the API's clock, and minutes
/// before that. Where that time is not known, or nothing has shown that `created_at` goes by the
/// clock that the API's Date headers tell, it is looked at from its beginning before anybody is
/// sent again.
class Reconciler {
 public:
  /// All of these must live as long as this.
  Reconciler(const Client& client, const std::string& posting_id, const BulkIngestOptions& options,
             Journal& journal, ApiClock& api_clock, RunControl& control);

  /// Asks for the API's time, for those in flight whose time of sending is not known yet: what is
  /// learnt of it is to be in the journal before run(). Throws what the list throws.
  void probe();

  /// Looks, waits for what may still arrive, looks again, and declares what has not been found
  /// `unsent`. `ended` is when the last request that is in doubt was over, at the latest: from then
  /// on nothing is sent of it. Where the run is over before the end, the rest stays in flight.
  /// `meanwhile` is told, now and then, what is being done: `looking` or `settling`. Throws what
  /// the list throws, and the DecodeError of a candidate of which it can't be told whether it is
  /// one of the records that were not found: these stay in flight, as they may have arrived.
  void run(Clock::TimePoint ended, const std::function<void(std::string_view phase)>& meanwhile);

  /// Requests that were made.
  std::uint64_t requests() const noexcept { return requests_; }

 private:
  /// Empty: from the beginning.
  std::optional<Timestamp> lookFrom();
  /// Lists from a moment on; false where the run was over before the end.
  bool look(std::optional<Timestamp> from, const std::function<void(std::string_view)>& meanwhile);
  void compare(const std::vector<Journal::Comparison>& comparisons);
  /// What has been seen shows that those in flight can't have been created before lookFrom().
  bool timesAreProven();

  /// A candidate that can't be read: what it is known by may be readable.
  void recognise(const UnreadableCandidate& candidate);

  const Client& client_;
  const std::string& posting_id_;
  const BulkIngestOptions& options_;
  Journal& journal_;
  ApiClock& api_clock_;
  RunControl& control_;
  std::uint64_t requests_ = 0;
  /// Of a candidate in the latest look that can't be read and may be any of the records.
  std::optional<DecodeError> doubt_{};
  std::set<std::int64_t> agreeing_, disagreeing_;  // runs
};

}  // namespace heymilo::workflows
