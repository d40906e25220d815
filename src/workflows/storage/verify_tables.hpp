#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/models/timestamp.hpp"
#include "heymilo/workflows/journal.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

/// What verifyPosting() has read of a journal and of its posting, in a private temporary database,
/// so that memory stays flat. For one thread at a time. Throws StoreError.
class VerifyTables {
 public:
  VerifyTables();

  /// A row of the journal, as it was before the posting was read.
  void addRow(const JournalRow& row);
  /// A candidate of the posting. `marked`: its `heymilo_ref` is the key.
  void addCandidate(const std::string& key, const std::string& interview_id, bool marked);
  /// One without a key.
  void addCandidate(const std::string& interview_id);
  /// To be called when all is added, before what follows.
  void finish();

  /// A key, and all interview_ids of it that the posting or a receipt has.
  struct Key {
    std::string key{};
    std::vector<std::string> interview_ids{};
    bool shown = false;               ///< the posting has it
    bool marked = false;              ///< by its `heymilo_ref`
    std::optional<KeyState> state{};  ///< empty: the journal did not have it
    std::optional<Timestamp> sent_at{};
    std::string ingestion_id{};
    bool forgotten = false;  ///< JournalRow::forgotten
  };
  /// Each key of the journal and of the posting, in their order. Nothing may be added meanwhile,
  /// but by addUnknown().
  void forEachKey(const std::function<void(const Key&)>& visit);
  /// Each interview_id that has several keys, with them.
  void forEachShared(const std::function<void(const std::string& interview_id,
                                              const std::vector<std::string>& keys)>& visit);
  enum class Shown { no, without_key, by_another_key };
  /// How the posting has the candidate of a key that it does not show.
  Shown shown(const std::string& interview_id);

  /// Keys that are in the posting, and were not in the journal.
  void addUnknown(const Key& key);
  bool anyUnknown();
  /// The journal has the key now.
  void removeUnknown(const std::string& key);
  void forEachUnknown(const std::function<void(const Key&)>& visit);

 private:
  void add(const std::string& key, const std::string& interview_id, int source);

  sqlite::Database database_;
  sqlite::Statement insert_row_, insert_seen_, insert_keyless_, shown_, keyless_, insert_unknown_,
      delete_unknown_;
};

}  // namespace heymilo::workflows
