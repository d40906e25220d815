#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/workflows/journal.hpp"

namespace heymilo::workflows {

/// What a journal has of a key.
struct StoredRecord {
  std::int64_t id = 0;  ///< 0: it is not stored yet
  std::string key{}, digest{};
  KeyState state = KeyState::unsent;
  std::string owner{}, claim{};
  bool async = false;
  std::int64_t claimed = 0, doubted = 0;  ///< the count of claims at that moment
  std::int64_t failures = 0;
  std::optional<Timestamp> sent_at{}, received_at{};
  std::string interview_id{}, interview_url{}, ingestion_id{}, error_code{};
  std::string late_ingestion_id{};  ///< of a receipt with another claim
};

/// What happens to a record, as journal.hpp says it: no file, no SQL.
namespace record_rules {

/// Whether it may be claimed with this content.
bool isFree(const StoredRecord& record, const std::string& digest);
void claim(StoredRecord& record, const JournalClaim& claim, const KeyedRecord& by,
           std::int64_t count);
/// What a claim() is told of a record that is not free, and what becomes of that: `digest` and
/// `state`.
KeyAnswer ask(StoredRecord& record, const std::string& worker, const std::string& digest);

/// Whether a result of a key without a record makes one.
bool makesRecord(const KeyResult& result);
/// Whether it is the receipt of a second interview, which is to be kept.
bool settle(StoredRecord& record, const KeyResult& result);
/// The key is in the posting: the same.
bool receive(StoredRecord& record, const std::string& interview_id,
             const std::string& interview_url);
/// It is not in the posting, for certain.
void makeFree(StoredRecord& record);

/// Whether it keeps no more than that it was ingested. Any other one has a claim, or is shown by
/// the posting with its interview_id.
bool isForgotten(const StoredRecord& record);
/// Whether it may be forgotten: it is `ingested`, and all that it has, `others` too, is given.
bool mayForget(const StoredRecord& record, const std::vector<std::string>& others,
               const std::vector<std::string>& interview_ids);
void forget(StoredRecord& record);

}  // namespace record_rules
}  // namespace heymilo::workflows
