#pragma once

#include <heymilo/workflows/bulk_ingest.hpp>

#include "bulk/input.hpp"

namespace bulk {

/// The records of a CSV file (RFC 4180) whose first row names the columns, in any order: `name`,
/// `email`, `phone_number`, `metadata.KEY` and `data.KEY`, of which the first two must be there. An
/// empty cell of the others is no value; a cell of `data` is text. A row of another length, or with
/// a cell that can't be sent, is a record with a problem, which quotes nothing of it. `input` must
/// live as long as the source. Throws support::UsageError for columns that can't be used, at once,
/// and, when it comes to that, for what CsvRows refuses and for a cell that looks like several
/// rows: after that nothing is to be read.
heymilo::workflows::BulkSource csvSource(Input& input);

}  // namespace bulk
