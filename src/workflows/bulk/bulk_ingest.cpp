#include "heymilo/workflows/bulk_ingest.hpp"

#include "heymilo/errors.hpp"
#include "workflows/bulk/bulk_run.hpp"
#include "workflows/bulk/chosen_journal.hpp"
#include "workflows/bulk/taken_over.hpp"

namespace heymilo::workflows {

BulkIngestResult bulkIngest(const Client& client, std::string_view posting_id,
                            const BulkSource& source, const BulkIngestOptions& options) {
  requireUsable(posting_id, options);
  if (!source) {
    throw InvalidArgumentError("source", "must be set");
  }
  std::shared_ptr<Journal> store = chosenJournal(client, posting_id, options);
  requireTakenOver(options.journal, posting_id, *store);
  return BulkRun(client, posting_id, source, options, std::move(store)).run();
}

}  // namespace heymilo::workflows
