#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace support {

/// Which cells are quoted: those that RFC 4180 requires, or also those with characters that
/// spreadsheet programs could treat as the end of a cell (a semicolon, a tab), or as its beginning
/// (an apostrophe).
enum class CsvQuotes { where_needed, for_spreadsheets };

/// One record of comma-separated values with its line end (CRLF), by RFC 4180: a field with a
/// comma, a quote or a line break is quoted, and quotes within it are doubled. Fields are written
/// unchanged: a program reads back what the API sent, even a field that begins with `=`. For
/// spreadsheet programs see withoutFormulas().
std::string csvRecord(const std::vector<std::string>& fields,
                      CsvQuotes quotes = CsvQuotes::where_needed);

}  // namespace support
