#include "workflows/bulk/receipts.hpp"

#include <cstddef>
#include <string>
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

std::vector<BulkIngestCandidateResponseItem> receiptsOf(
    const Chunk& chunk, std::vector<BulkIngestCandidateResponseItem> response,
    const KeyRule& rule) {
  const std::vector<Sending::Part>& records = chunk.records();
  if (response.size() != records.size()) {
    throw mismatch();
  }
  std::unordered_map<std::string_view, std::size_t> by_key;
  for (std::size_t place = 0; place < records.size(); ++place) {
    by_key.emplace(records[place].key, place);
  }
  std::vector<BulkIngestCandidateResponseItem> receipts(records.size());
  std::vector<bool> filled(records.size());
  for (std::size_t i = 0; i < response.size(); ++i) {
    BulkIngestCandidateResponseItem& item = response[i];
    std::size_t place = i;
    const RecognisedKey shown = rule.identify(nullptr, item.metadata ? &*item.metadata : nullptr);
    if (shown.key) {
      const auto found = by_key.find(*shown.key);
      if (found == by_key.end()) {
        throw mismatch();
      }
      place = found->second;
    }
    if (filled[place]) {
      throw mismatch();
    }
    filled[place] = true;
    receipts[place] = std::move(item);
  }
  return receipts;
}

}  // namespace heymilo::workflows
