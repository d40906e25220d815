#include "workflows/bulk/receipts.hpp"

#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "heymilo/errors.hpp"

namespace heymilo::workflows {

namespace {

DecodeError mismatch() {
  return DecodeError("the receipts of a bulk ingestion do not match its records", "/data");
}

}  // namespace

std::vector<Journal::Receipt> receiptsOf(const Chunk& chunk,
                                         std::vector<BulkIngestCandidateResponseItem> response,
                                         const std::string& mark_key) {
  const std::vector<JournalRecord>& records = chunk.records();
  if (response.size() != records.size()) {
    throw mismatch();
  }
  std::unordered_map<std::string_view, std::size_t> by_mark;
  for (std::size_t place = 0; place < records.size(); ++place) {
    if (records[place].mark) {
      by_mark.emplace(*records[place].mark, place);
    }
  }
  std::vector<Journal::Receipt> receipts(records.size());
  std::vector<bool> filled(records.size());
  for (std::size_t i = 0; i < response.size(); ++i) {
    BulkIngestCandidateResponseItem& item = response[i];
    std::size_t place = i;
    if (item.metadata && item.metadata->count(mark_key) != 0) {
      const auto found = by_mark.find(item.metadata->at(mark_key));
      if (found == by_mark.end()) {
        throw mismatch();
      }
      place = found->second;
    }
    if (filled[place]) {
      throw mismatch();
    }
    filled[place] = true;
    receipts[place] = {
        records[place].index, std::move(item.interview_id), std::move(item.interview_url)};
  }
  return receipts;
}

}  // namespace heymilo::workflows
