#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace support {

/// One record of comma-separated values with its line end (CRLF), by RFC 4180: a field with a
/// comma, a quote or a line break is put in quotes, the quotes within doubled. Fields are written
/// exactly as they are, so that a program reads back what the API sent. That holds for one that
/// begins with `=` too: who opens the file in a spreadsheet should import the columns as text.
std::string csvRecord(const std::vector<std::string>& fields);

}  // namespace support
