#pragma once

#include <string>
#include <string_view>

namespace heymilo::workflows {

/// The journal of an API and a posting where none is given:
/// `${XDG_STATE_HOME:-$HOME/.local/state}/heymilo/HOST/POSTING.journal`. Its folders are made where
/// there are none, for their owner alone. In a name, a byte that is not a letter, digit, `.`, `-`
/// or `_` is `%` and two hexadecimal digits. Throws StoreError, and InvalidArgumentError
/// (`journal`) where the environment names no folder.
std::string defaultJournal(std::string_view base_url, std::string_view posting_id);

}  // namespace heymilo::workflows
