#pragma once

#include <cstddef>
#include <cstdint>
#include <heymilo/workflows/bulk_ingest.hpp>
#include <string>
#include <vector>

#include "bulk/arguments.hpp"

namespace bulk {

/// Nothing is left to be done about a run.
bool isClean(const heymilo::workflows::BulkIngestResult& result);

/// For people: how a run ended. `rejected`: the first records that were; `journal`: its name.
/// Complete lines; empty with `--quiet`, if all is done.
std::string summary(const Arguments& arguments, const heymilo::workflows::BulkIngestResult& result,
                    const std::vector<heymilo::workflows::RecordReport>& rejected,
                    const std::string& journal);

/// The rejected records, a line each: of the API's error only the code and the location, since the
/// message may quote the person. `all`: how many there are.
std::string rejectedLines(const std::vector<heymilo::workflows::RecordReport>& rejected,
                          std::uint64_t all);

/// For people: that the same command resumes the run. A complete line.
std::string howToResume();

}  // namespace bulk
