#include "workflows/bulk/taken_over.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

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

}  // namespace heymilo::workflows
