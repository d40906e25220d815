#pragma once

#include <set>
#include <string>
#include <string_view>

#include "heymilo/workflows/journal.hpp"

namespace heymilo::workflows {

/// A journal has a row for each journal of version 0.1 that it has taken over: its key is this and
/// the old one's id. It is `unsent`, and no record has such a key.
inline constexpr const char* kTakenOver = "0.1:";

/// The ids of the journals of version 0.1 that have been taken over. Throws StoreError.
std::set<std::string> journals01In(Journal& journal, const std::string& posting_id);

/// Throws StoreError where the journal's file is one of version 0.1 that `store` has not taken
/// over.
void requireTakenOver(const std::string& file, std::string_view posting_id, Journal& store);

}  // namespace heymilo::workflows
