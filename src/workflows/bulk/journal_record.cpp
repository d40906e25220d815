#include "workflows/bulk/journal_record.hpp"

namespace heymilo::workflows {

namespace {

constexpr std::size_t kMostMetadataKeys = 50;

}  // namespace

std::string placeOf(std::uint64_t index, std::optional<std::uint64_t> line) {
  return "record " + std::to_string(index + 1) +
         (line ? " (line " + std::to_string(*line) + ')' : std::string());
}

std::int64_t stableHash(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return static_cast<std::int64_t>(hash);
}

std::int64_t emailHash(std::string_view email) {
  std::string lower(email);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return stableHash(lower);
}

JournalRecord identify(std::uint64_t index, CandidateIngestRequest& request, const std::string& key,
                       const std::string& journal_id) {
  JournalRecord record;
  record.index = index;
  // Text that is not UTF-8 is refused when it is sent; here it is only hashed.
  record.hash = stableHash(
      nlohmann::json(request).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (request.metadata && request.metadata->count(key) != 0) {
    record.mark = request.metadata->at(key);
  } else if (!request.metadata || request.metadata->size() < kMostMetadataKeys) {
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
