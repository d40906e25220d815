#pragma once

#include <memory>
#include <string_view>

#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "heymilo/workflows/journal.hpp"

namespace heymilo::workflows {

/// Throws InvalidArgumentError for options that can't be used.
void requireUsable(std::string_view posting_id, const BulkIngestOptions& options);

/// The journal of a run, which is opened or made.
std::shared_ptr<Journal> journalOf(const Client& client, std::string_view posting_id,
                                   const BulkIngestOptions& options);
/// The same of a plan: nothing is made. nullptr where there is no file.
std::shared_ptr<Journal> existingJournalOf(const Client& client, std::string_view posting_id,
                                           const BulkIngestOptions& options);

}  // namespace heymilo::workflows
