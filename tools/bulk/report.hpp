#pragma once

#include <string>

#include "bulk/report_file.hpp"

namespace bulk {

/// Writes what the journal knows of each record: a JSON object a line. Throws support::OutputError,
/// and StoreError.
void writeReport(const std::string& journal, ReportFile& file);

}  // namespace bulk
