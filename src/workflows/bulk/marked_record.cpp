#include "workflows/bulk/marked_record.hpp"

#include <iterator>
#include <utility>

#include "base/api_limits.hpp"
#include "base/ascii.hpp"
#include "base/hash.hpp"

namespace heymilo::workflows {

std::vector<std::uint64_t> indexesOf(const Chunk& chunk) {
  std::vector<std::uint64_t> indexes;
  indexes.reserve(chunk.size());
  for (const MarkedRecord& record : chunk) {
    indexes.push_back(record.journal.index);
  }
  return indexes;
}

std::vector<Chunk> halves(Chunk chunk) {
  const auto middle = chunk.begin() + static_cast<std::ptrdiff_t>(chunk.size() / 2);
  Chunk second(std::make_move_iterator(middle), std::make_move_iterator(chunk.end()));
  chunk.erase(middle, chunk.end());
  std::vector<Chunk> both;
  both.push_back(std::move(chunk));
  both.push_back(std::move(second));
  return both;
}

std::int64_t stableHash(std::string_view text) noexcept {
  return static_cast<std::int64_t>(fnv1a(text));
}

std::int64_t emailHash(std::string_view email) { return stableHash(ascii::toLower(email)); }

MarkedRecord marked(std::uint64_t index, CandidateIngestRequest request, const std::string& key,
                    const std::string& journal_id) {
  MarkedRecord record;
  record.journal.index = index;
  // Text that is not UTF-8 is refused when it is sent; until then it only has to be hashed.
  record.journal.hash = stableHash(
      nlohmann::json(request).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (request.metadata && request.metadata->count(key) != 0) {
    record.journal.mark = request.metadata->at(key);
  } else if (!request.metadata || request.metadata->size() < api_limits::kMaxMetadataKeys) {
    if (!request.metadata) {
      request.metadata.emplace();
    }
    record.journal.mark = journal_id + '-' + std::to_string(index);
    (*request.metadata)[key] = *record.journal.mark;
  } else {
    record.journal.email_hash = emailHash(request.email);
  }
  record.request = std::move(request);
  return record;
}

}  // namespace heymilo::workflows
