#pragma once

#include <functional>
#include <heymilo/client.hpp>
#include <heymilo/workflows/bulk_ingest.hpp>
#include <string>

#include "bulk/input.hpp"

namespace bulk {

/// The journal of version 0.1 that an ingestion of FILE into the posting is to take over: the
/// options' own file, or the one at the old default path, `FILE.POSTING_ID.journal`. Empty where
/// there is none.
std::string oldJournal(const std::string& file, const std::string& posting_id,
                       const heymilo::workflows::BulkIngestOptions& options);

/// Takes it over, where that has not been done yet. The file is read once more: `source` reads it.
/// Throws UsageError where that is not possible, and as heymilo::workflows::takeOverJournal01().
void takeOverOldJournal(const heymilo::Client& client, const std::string& posting_id,
                        const std::string& file,
                        const heymilo::workflows::BulkIngestOptions& options,
                        const std::function<heymilo::workflows::BulkSource(Input&)>& source,
                        bool quiet);

}  // namespace bulk
