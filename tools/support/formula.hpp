#pragma once

#include <string>
#include <string_view>

namespace support {

/// The text as a cell that a spreadsheet program takes for text, and does not calculate: with an
/// apostrophe before it where it begins with `=`, `+`, `-` or `@`, in one of their wide or small
/// forms too, also behind blanks, controls, invisible signs and quotation marks, or where it begins
/// with a control character. So is what follows a semicolon, a tab or a line break within the text:
/// where programs take these for separators, another cell begins there. Any other text stays as it
/// is.
std::string withoutFormulas(std::string_view text);

}  // namespace support
