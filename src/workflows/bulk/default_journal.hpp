#pragma once

#include <string>
#include <string_view>

namespace heymilo::workflows {

/// defaultJournalFile(), whose folders are made where there are none, for their owner alone. Throws
/// StoreError too.
std::string defaultJournal(std::string_view base_url, std::string_view posting_id);

}  // namespace heymilo::workflows
