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

/// Finds out what became of the records in flight, by looking for them in the posting. Nothing must
/// be sent meanwhile.
///
/// The posting is listed from minutes before the first sending on, by the API's clock. It is listed
/// from its beginning before anybody is sent again where that time is not known, or where no
/// `created_at` has been seen that agrees with the API's Date headers.
class Reconciler {
 public:
  /// All of these must live as long as this.
  Reconciler(const Client& client, const std::string& posting_id, const BulkIngestOptions& options,
             Journal& journal, ApiClock& api_clock, RunControl& control);

  /// Gets the API's time, for records in flight whose time of sending is not known yet: their times
  /// must be in the journal before run(). Throws what the list throws.
  void probe();

  /// Looks, waits for what may still arrive, looks again, and settles what has not been found.
  /// `ended` is when the last request in doubt had ended, at the latest. Where the run is over
  /// before the end, the rest stays in flight. `meanwhile` is called after each page and once a
  /// second with the phase, `looking` or `settling`. Throws what the list throws. Throws the
  /// DecodeError of an unreadable candidate that may be one of the records that were not found:
  /// these stay in flight.
  void run(Clock::TimePoint ended, const std::function<void(std::string_view phase)>& meanwhile);

  /// How many requests were made.
  std::uint64_t requests() const noexcept { return requests_; }

 private:
  /// Empty: from the beginning.
  std::optional<Timestamp> lookFrom();
  /// Lists from a moment on. False where the run was over before the end.
  bool look(std::optional<Timestamp> from, const std::function<void(std::string_view)>& meanwhile);
  void compare(const std::vector<Journal::Comparison>& comparisons);
  /// What has been seen shows that none of those in flight was created before lookFrom().
  bool timesAreProven();

  /// For a candidate that can't be read: its mark and address may be readable all the same.
  void recognise(const UnreadableCandidate& candidate);

  const Client& client_;
  const std::string& posting_id_;
  const BulkIngestOptions& options_;
  Journal& journal_;
  ApiClock& api_clock_;
  RunControl& control_;
  std::uint64_t requests_ = 0;
  /// Of an unreadable candidate in the latest look, which may be any of the records.
  std::optional<DecodeError> doubt_{};
  std::set<std::int64_t> agreeing_, disagreeing_;  // runs
};

}  // namespace heymilo::workflows
