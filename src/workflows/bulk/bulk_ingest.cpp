#include "heymilo/workflows/bulk_ingest.hpp"

#include "heymilo/errors.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/bulk/bulk_run.hpp"
#include "workflows/bulk/chosen_journal.hpp"
#include "workflows/bulk/taken_over.hpp"
#include "workflows/storage/journal_01.hpp"

namespace heymilo::workflows {

namespace {

/// Where the journal's file was one of version 0.1.
void requireTakenOver(const std::string& file, std::string_view posting_id, Journal& store) {
  if (!Journal01::isOne(file)) {
    return;
  }
  Journal01 old(file);
  if (old.postingId() == posting_id &&
      journals01In(store, std::string(posting_id)).count(old.id()) == 0) {
    throw StoreError(file +
                     " is a journal of version 0.1 that has not been taken over: run bulk_ingest "
                     "with the file for which it was made, or call takeOverJournal01()");
  }
}

}  // namespace

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
