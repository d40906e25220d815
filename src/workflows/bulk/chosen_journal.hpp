#pragma once

#include <memory>
#include <string_view>

#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "heymilo/workflows/journal.hpp"

namespace heymilo::workflows {

/// Throws InvalidArgumentError where options can't be used.
void requireUsable(std::string_view posting_id, const BulkIngestOptions& options);

/// The journal of the options. Throws StoreError.
std::shared_ptr<Journal> chosenJournal(const Client& client, std::string_view posting_id,
                                       const BulkIngestOptions& options);
/// The same for a plan: nothing is made. nullptr where the file does not exist.
std::shared_ptr<Journal> existingJournal(const Client& client, std::string_view posting_id,
                                         const BulkIngestOptions& options);

}  // namespace heymilo::workflows
