#include "heymilo/workflows/bulk_ingest.hpp"

#include "heymilo/errors.hpp"
#include "workflows/bulk/bulk_run.hpp"
#include "workflows/bulk/run_options.hpp"

namespace heymilo::workflows {

BulkIngestResult bulkIngest(const Client& client, std::string_view posting_id,
                            const BulkSource& source, const BulkIngestOptions& options) {
  requireUsable(posting_id, options);
  if (!source) {
    throw InvalidArgumentError("source", "must be set");
  }
  return BulkRun(client, posting_id, source, options, journalOf(client, posting_id, options)).run();
}

}  // namespace heymilo::workflows
