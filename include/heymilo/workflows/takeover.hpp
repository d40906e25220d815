#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"

/// Takes over journals of version 0.1, which knew the records of one file by their places in it.
namespace heymilo::workflows {

/// Whether the file is a journal of version 0.1. Throws StoreError where a run of version 0.1 uses
/// it.
bool isJournal01(const std::string& file);

/// What was taken over. Counts are of records of the old journal that are in the source.
struct TakeOverResult {
  bool known = false;          ///< an earlier call has taken it over: nothing was done
  bool stopped = false;        ///< by BulkIngestOptions::stop: nothing was taken over
  std::uint64_t ingested = 0;  ///< in the posting
  std::uint64_t queued = 0;    ///< or not resolved: they are not sent again
  std::uint64_t rejected = 0;  ///< refused, and not sent again with the same content
  std::uint64_t unsent = 0;    ///< not sent, or proven not to have arrived
};

/// Takes over what a journal of version 0.1 knows into the journal of the options, so that
/// bulkIngest() does not ingest its people again. Call it before bulkIngest(), with the same
/// options, and with the source from which version 0.1 has read. The source may have grown since,
/// or been sorted: records are recognised by their content. A record that has changed since is
/// another one, unless the option `key` says otherwise.
///
/// Nothing is sent. The source is read to its end. Records that were in flight are looked for in
/// the posting, after the settling time; this takes a request for each 100 candidates. Version 0.1
/// refuses the old journal afterwards. It may be the file of the new one as well: each has its own
/// tables.
///
/// It may be killed and called again at any time. bulkIngest() refuses to send anybody while the
/// posting shows candidates of an old journal that was not taken over, unless the option `key`
/// recognises them.
///
/// Of the options, it uses `journal` or `store`, `key`, `settling_time`, `stop` and `on_progress`.
///
/// Throws as bulkIngest(), and StoreError where the old journal is of another posting, or is used
/// by version 0.1; and where records that it has sent are not in the source any more, although
/// others are that it does not know.
TakeOverResult takeOverJournal01(const Client& client, std::string_view posting_id,
                                 const BulkSource& source, const std::string& old_journal,
                                 const BulkIngestOptions& options = {});

}  // namespace heymilo::workflows
