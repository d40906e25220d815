#pragma once

#include <variant>

#include "heymilo/workflows/journal.hpp"

namespace heymilo::workflows {

/// The operation of leaving.
struct JournalLeave {
  JournalStamp stamp{};
};

/// An operation on a journal, and what it responded.
using JournalRequest = std::variant<JournalJoin, JournalBeat, JournalClaim, JournalSettle,
                                    JournalSearch, JournalShown, JournalRelease, JournalLeave>;
using JournalResponse = std::variant<JournalJoined, JournalView, JournalClaimed, JournalSettled,
                                     JournalDoubts, JournalRecognised, JournalOutcome>;

/// Carries it out. Throws StoreError.
JournalResponse perform(Journal& journal, const JournalRequest& request);

}  // namespace heymilo::workflows
