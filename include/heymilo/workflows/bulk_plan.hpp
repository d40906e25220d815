#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "heymilo/client.hpp"
#include "heymilo/quota.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"

namespace heymilo::workflows {

/// What a run of bulkIngest() would do, as far as can be known before it.
struct BulkPlan {
  std::uint64_t records = 0;    ///< of the source
  std::uint64_t to_send = 0;    ///< new ones, and rejected ones that were corrected
  std::uint64_t known = 0;      ///< ingested or queued
  std::uint64_t changed = 0;    ///< known with other content
  std::uint64_t duplicate = 0;  ///< in the source before
  /// Refused by the library, or by the API when the same content was sent before. What the API will
  /// say of records that are to be sent is not known.
  std::uint64_t rejected = 0;
  /// In doubt, unresolved, or in the hands of another worker: the run looks for them, and may send
  /// them.
  std::uint64_t in_doubt = 0;

  /// The journal has the posting. Otherwise the run would begin it.
  bool has_journal = false;
  /// The run would first take over who is in the posting. The plan has listed the whole posting for
  /// that.
  bool adopts = false;
  std::uint64_t candidates = 0;  ///< of the posting, that the plan's list has shown
  /// Of them, those whose key can't be read. The run would end, if one may be a record in doubt.
  std::uint64_t unreadable = 0;
  std::uint64_t requests_made = 0;  ///< by the plan

  std::uint64_t sends = 0;  ///< requests that send, if the API refuses nobody and all goes well
  std::uint64_t lists = 0;  ///< requests that list, at least
  /// How long the run would wait at least, until nothing of other workers can be under way. Where
  /// it `adopts`, before it sends anybody; otherwise before it sends records in doubt.
  std::chrono::milliseconds wait{0};
  bool stopped = false;  ///< by BulkIngestOptions::stop: the source was not read to its end

  /// All of the run's requests, at least.
  std::uint64_t requests() const noexcept { return sends + lists; }
};

/// What bulkIngest() with the same arguments would do now. It sends nothing but lists, changes
/// nothing in the journal, and makes no file. Of the options, `concurrency` and `patience` play no
/// part. BulkIngestOptions::on_record is called with each record: one that would be sent, or looked
/// for, is `unsent` or `unresolved`. BulkIngestOptions::on_progress is called with the phase
/// `planning`.
///
/// Memory stays flat, as in a run. Throws as bulkIngest(); StoreError where the journal is for
/// something else.
BulkPlan planIngest(const Client& client, std::string_view posting_id, const BulkSource& source,
                    const BulkIngestOptions& options = {});

/// How long so many bulk requests wait for a quota that is as `quota` says, if nobody else sends:
/// an estimate, as slots that rest now become free during the first window.
std::chrono::milliseconds quotaTime(std::uint64_t requests, const QuotaStatus& quota);

}  // namespace heymilo::workflows
