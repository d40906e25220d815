#pragma once

#include <string>
#include <string_view>

namespace support {

/// The text as a cell that a spreadsheet treats as text, not as a formula: with a leading
/// apostrophe if it begins with `=`, `+`, `-` or `@`, including their wide and small forms, also
/// after blanks, controls, invisible characters and quotation marks, or with a control character.
/// The same applies to text after a semicolon, a tab or a line break: some programs treat these as
/// separators, and another cell begins there. Any other text is unchanged.
std::string withoutFormulas(std::string_view text);

}  // namespace support
