#pragma once

#include <string>
#include <string_view>

namespace support {

/// The text as it may be shown on a terminal: what could move the cursor, start an escape sequence
/// or turn the direction of what follows is replaced by a sign that is seen. C0 controls become
/// their pictures (U+2400 block), C1 controls, line separators, bidirectional embeddings, overrides
/// and isolates, and bytes that are not UTF-8 become U+FFFD. All else stays as it is.
std::string printable(std::string_view text);

}  // namespace support
