#pragma once

#include <string>

#include "bulk/report_file.hpp"

namespace bulk {

/// Writes the journal's report of each record: a JSON object per line. Throws support::OutputError,
/// and StoreError.
void writeReport(const std::string& journal, ReportFile& file);

}  // namespace bulk
