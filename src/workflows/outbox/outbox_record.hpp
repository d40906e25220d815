#pragma once

#include "heymilo/workflows/bulk_ingest.hpp"
#include "heymilo/workflows/outbox.hpp"

namespace heymilo::workflows {

/// A row as a record to ingest. One whose request can't be read has a problem, which names
/// properties and no values.
BulkRecord recordOf(const OutboxRow& row);

}  // namespace heymilo::workflows
