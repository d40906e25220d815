#include "workflows/bulk/journal_record.hpp"

#include "base/api_limits.hpp"
#include "base/ascii.hpp"
#include "base/hash.hpp"

namespace heymilo::workflows {

std::string placeOf(std::uint64_t index, std::optional<std::uint64_t> line) {
  return "record " + std::to_string(index + 1) +
         (line ? " (line " + std::to_string(*line) + ')' : std::string());
}

std::int64_t stableHash(std::string_view text) noexcept {
  return static_cast<std::int64_t>(fnv1a(text));
}

std::int64_t emailHash(std::string_view email) { return stableHash(ascii::toLower(email)); }

JournalRecord identify(std::uint64_t index, CandidateIngestRequest& request, const std::string& key,
                       const std::string& journal_id) {
  JournalRecord record;
  record.index = index;
  // Text that is not UTF-8 is refused when it is sent; here it is only hashed.
  record.hash = stableHash(
      nlohmann::json(request).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (request.metadata && request.metadata->count(key) != 0) {
    record.mark = request.metadata->at(key);
  } else if (!request.metadata || request.metadata->size() < api_limits::kMaxMetadataKeys) {
    if (!request.metadata) {
      request.metadata.emplace();
    }
    record.mark = journal_id + '-' + std::to_string(index);
    (*request.metadata)[key] = *record.mark;
  } else {
    record.email_hash = emailHash(request.email);
  }
  return record;
}

}  // namespace heymilo::workflows
