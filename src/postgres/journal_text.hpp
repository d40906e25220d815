#pragma once

#include <string>

namespace heymilo::postgres {

/// A text as the journal's tables have it: the text itself, which is UTF-8 without a NUL and does
/// not begin with `\x`; any other one as `\x` and its bytes in hexadecimal digits. Such texts are
/// sorted by that.
std::string storedText(const std::string& text);

/// The text of which storedText() is this.
std::string plainText(const std::string& stored);

}  // namespace heymilo::postgres
