#pragma once

#include <string>

namespace bulk {

/// Throws support::OutputError where the report could not be put into the file.
void checkReport(const std::string& file);

/// Writes what the journal knows of each record: a JSON object a line. The file, `-` for standard
/// output, is in its place only when it is whole. Throws support::OutputError, and StoreError.
void writeReport(const std::string& journal, const std::string& file);

}  // namespace bulk
