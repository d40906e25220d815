#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <heymilo/workflows/bulk_ingest.hpp>
#include <optional>
#include <string>
#include <utility>

#include "bulk/input.hpp"

namespace bulk {

/// Formats a run's progress.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  /// `1,200 ingested, 4 rejected, 40 in flight; all runs: 5,310 ingested, 80 in flight; 210 a
  /// second; 37 requests in the last minute; 02:10 left`. The time left is included if the input's
  /// size is known.
  std::string text(const heymilo::workflows::BulkProgress& progress, const Input& input,
                   Clock::time_point now);

 private:
  std::deque<std::pair<Clock::time_point, std::uint64_t>> requests_;  // of the last minute
  std::optional<std::uint64_t> done_before_;  // by earlier runs of the journal
};

/// `12,345`
std::string grouped(std::uint64_t number);

}  // namespace bulk
