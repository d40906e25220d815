#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/journal.hpp"
#include "workflows/run_control.hpp"

namespace heymilo::workflows {

/// Finds out what became of the records in flight, by looking for them in the posting. Nothing may
/// be being sent meanwhile.
class Reconciler {
 public:
  /// All of these must live as long as this.
  Reconciler(const Client& client, const std::string& posting_id, const BulkIngestOptions& options,
             Journal& journal, RunControl& control);

  /// Looks, waits for what may still arrive, looks again, and declares what has not been found
  /// `unsent`. Where the run is over before that, the rest stays in flight. `meanwhile` is told,
  /// now and then, what is being done: `looking` or `settling`. Throws what the list throws, and
  /// the DecodeError of a candidate of which it can't be told whether it is one of the records that
  /// were not found: these stay in flight, as they may have arrived.
  void run(const std::function<void(std::string_view phase)>& meanwhile);

  /// Requests that were made.
  std::uint64_t requests() const noexcept { return requests_; }

 private:
  Timestamp lookFrom();
  /// Lists from a moment on; false where the run was over before the end.
  bool look(Timestamp from, const std::function<void(std::string_view)>& meanwhile);

  /// A candidate that can't be read: what it is known by may be readable.
  void recognise(const UnreadableCandidate& candidate);

  const Client& client_;
  const std::string& posting_id_;
  const BulkIngestOptions& options_;
  Journal& journal_;
  RunControl& control_;
  std::uint64_t requests_ = 0;
  /// Of a candidate in the latest look that can't be read and may be any of the records.
  std::optional<DecodeError> doubt_{};
};

}  // namespace heymilo::workflows
