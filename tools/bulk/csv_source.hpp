#pragma once

#include <heymilo/workflows/bulk_ingest.hpp>

#include "bulk/input.hpp"

namespace bulk {

/// The records of a CSV file (RFC 4180) whose first row contains the column names, in any order:
/// `name`, `email`, `phone_number`, `metadata.KEY` and `data.KEY`; the first two are required. An
/// empty cell in the other columns means no value; a cell of `data` is text. A row of another
/// length, or with an invalid cell, is a record with a problem, which quotes nothing of it. `input`
/// must outlive the source. Throws support::UsageError for invalid columns, immediately, and later
/// for rows that CsvRows refuses and for a cell that looks like several rows: nothing is read after
/// that.
heymilo::workflows::BulkSource csvSource(Input& input);

}  // namespace bulk
