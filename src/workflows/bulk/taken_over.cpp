#include "workflows/bulk/taken_over.hpp"

#include <cstddef>
#include <vector>

#include "heymilo/workflows/store_error.hpp"
#include "workflows/storage/journal_01.hpp"

namespace heymilo::workflows {

std::set<std::string> journals01In(Journal& journal, const std::string& posting_id) {
  constexpr std::string_view kPrefix = kTakenOver;
  constexpr std::size_t kPart = 100;
  std::set<std::string> ids;
  for (std::string after(kPrefix);;) {
    const std::vector<JournalRow> rows = journal.rows(posting_id, after, kPart);
    for (const JournalRow& row : rows) {
      if (row.key.compare(0, kPrefix.size(), kPrefix) != 0) {
        return ids;
      }
      ids.insert(row.key.substr(kPrefix.size()));
    }
    if (rows.size() < kPart) {
      return ids;
    }
    after = rows.back().key;
  }
}

void requireTakenOver(const std::string& file, std::string_view posting_id, Journal& store) {
  if (!Journal01::isOne(file)) {
    return;
  }
  Journal01 old(file);
  if (old.postingId() == posting_id &&
      journals01In(store, std::string(posting_id)).count(old.id()) == 0) {
    throw StoreError(file +
                     " is a journal of version 0.1 that has not been taken over: run bulk_ingest "
                     "with the file for which it was made, or call takeOverJournal01()");
  }
}

}  // namespace heymilo::workflows
