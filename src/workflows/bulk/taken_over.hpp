#pragma once

#include <set>
#include <string>

#include "heymilo/workflows/journal.hpp"

namespace heymilo::workflows {

/// A journal has a row for each journal of version 0.1 that it has taken over: its key is this and
/// the old one's id. It is `unsent`, and no record has such a key.
inline constexpr const char* kTakenOver = "0.1:";

/// The ids of the journals of version 0.1 that have been taken over. Throws StoreError.
std::set<std::string> journals01In(Journal& journal, const std::string& posting_id);

}  // namespace heymilo::workflows
