#pragma once

#include <optional>
#include <string>

#include "heymilo/workflows/journal.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

/// A journal as a plan has read it, with what the posting shows, in a private temporary database,
/// so that memory stays flat. For one thread at a time. Throws StoreError.
class PlanTables {
 public:
  PlanTables();

  void add(const JournalRow& row);
  /// The posting shows the key: it is `ingested`, whatever it was.
  void show(const std::string& key, const std::string& interview_id,
            const std::string& interview_url);
  /// Without `other_interview_ids`.
  std::optional<JournalRow> find(const std::string& key);

 private:
  sqlite::Database database_;
  sqlite::Statement insert_, show_, find_;
};

}  // namespace heymilo::workflows
