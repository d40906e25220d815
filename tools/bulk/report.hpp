#pragma once

#include <heymilo/workflows/bulk_ingest.hpp>
#include <string>

namespace bulk {

/// A line of the report: a JSON object, and a line feed.
std::string reportLine(const heymilo::workflows::RecordReport& record);

}  // namespace bulk
