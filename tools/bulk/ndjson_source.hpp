#pragma once

#include <heymilo/workflows/bulk_ingest.hpp>

#include "bulk/input.hpp"

namespace bulk {

/// The records of an NDJSON file: a CandidateIngestRequest as JSON on each line. Blank lines are
/// ignored, but counted. An invalid line is a record with a problem, which quotes nothing of it.
/// `input` must outlive the source.
heymilo::workflows::BulkSource ndjsonSource(Input& input);

}  // namespace bulk
