#pragma once

#include <string>
#include <string_view>

namespace support {

/// The text, safe to be shown on a terminal: characters that could move the cursor, start an escape
/// sequence or change the text direction are replaced by visible ones. C0 controls become their
/// pictures (U+2400 block). C1 controls, line separators, bidirectional embeddings, overrides and
/// isolates, and bytes that are not UTF-8 become U+FFFD. All other characters are unchanged.
std::string printable(std::string_view text);

}  // namespace support
