#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "heymilo/models/api_error.hpp"
#include "heymilo/models/ingest.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/bulk/chunk.hpp"
#include "workflows/job/intake.hpp"

namespace heymilo::workflows {

/// The records that a run has read and whose fate is not known yet, with their content, and the
/// counts of all others. For one thread at a time.
class OpenRecords {
 public:
  /// A record that has been read. Returns its number, which is its index in the source.
  RecordId add(CandidateIngestRequest request, std::optional<std::uint64_t> line);
  /// One that can't be sent, for this reason.
  RecordReport reject(std::optional<std::uint64_t> line, APIErrorDetail reason);

  /// The content of these records, which are in a request from now on.
  Chunk take(const Sending& sending);
  /// They are in a request no more: `sent` says what came of each.
  void putBack(Chunk chunk, const std::vector<SentRecord>& sent);
  /// Why the API, or the library, refuses a record.
  void note(RecordId record, APIErrorDetail reason);

  /// What became of a record, which is forgotten.
  RecordReport resolve(const RecordFate& fate);
  /// The same for all that are left, as the run has ended without knowing.
  std::vector<RecordReport> resolveRest();

  struct Counts {
    std::uint64_t read = 0, ingested = 0, queued = 0, known = 0, changed = 0, duplicate = 0,
                  rejected = 0, unresolved = 0, unsent = 0;
    std::uint64_t in_flight = 0, in_doubt = 0;  ///< of those that are open
    std::uint64_t left_in_doubt = 0;            ///< of those that are not
  };
  const Counts& counts() const noexcept { return counts_; }
  /// Records that are in the posting or in the queue by a request of this run.
  std::uint64_t confirmed() const noexcept { return counts_.ingested + counts_.queued; }
  /// Records that may be.
  std::uint64_t doubtful() const noexcept {
    return counts_.in_flight + counts_.in_doubt + counts_.left_in_doubt;
  }

 private:
  struct Record {
    CandidateIngestRequest request{};  // while it is in no request
    std::optional<std::uint64_t> line{};
    std::optional<APIErrorDetail> reason{};
    bool in_flight = false;
    bool in_doubt = false;
  };

  void count(const RecordReport& report);

  std::unordered_map<RecordId, Record> records_;
  Counts counts_;
};

}  // namespace heymilo::workflows
