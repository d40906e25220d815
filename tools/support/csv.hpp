#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace support {

/// What is put in quotes: what RFC 4180 wants, or also what spreadsheet programs could take for the
/// end of a cell (a semicolon, a tab), or for its beginning (an apostrophe).
enum class CsvQuotes { where_needed, for_spreadsheets };

/// One record of comma-separated values with its line end (CRLF), by RFC 4180: a field with a
/// comma, a quote or a line break is put in quotes, the quotes within doubled. Fields are written
/// exactly as they are, so that a program reads back what the API sent. That holds for one that
/// begins with `=` too: for a spreadsheet program see withoutFormulas().
std::string csvRecord(const std::vector<std::string>& fields,
                      CsvQuotes quotes = CsvQuotes::where_needed);

}  // namespace support
