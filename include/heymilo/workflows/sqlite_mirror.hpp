#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/workflows/mirror.hpp"

namespace heymilo::workflows {

/// A mirror in an SQLite file, which holds one posting's.
///
/// Table `candidates`, primary key `interview_id`:
///
/// - a column for each scalar property of CandidateResponse, by its name; a property that the API
///   left out is NULL, or the schema's default where it has one;
/// - `current_step_id` and `current_step_order`: of the workflow's first step in progress, or NULL;
/// - `document`: the candidate's whole JSON as it was decoded, with the properties that this
///   version does not know, and without those that are null;
/// - `first_seen`, `last_seen`: when the mirror stored it for the first and the latest time;
/// - `changed_at`: when `document` last became another one; the web interview's signed links do not
///   count, since they may be signed anew for each answer;
/// - `gone_at`: when the mirror found that the API no longer lists it, otherwise NULL. The row
///   stays as it was last seen;
/// - `walk`: for the mirror itself.
///
/// Table `candidate_history` (`interview_id`, `status`, `current_step_id`, `current_step_order`,
/// `observed_at`): a row whenever the mirror found a candidate with another status, or at another
/// step, than before, and for its first. What began and ended between two runs is not in it.
///
/// All times are Unix seconds, UTC, as REAL with its microseconds: `datetime(created_at,
/// 'unixepoch')`. Booleans are 0 and 1. The table `mirror` is for the mirror itself.
///
/// The file is in WAL mode, so that readers never wait for a run, nor a run for them; a reader sees
/// each page as a whole or not at all. It is made readable for its owner alone.
class SqliteMirror final : public MirrorSink {
 public:
  /// Opens or makes the file. Throws StoreError where it can't be used, is at work in another run,
  /// mirrors another posting, or was made by another version; as do the other functions, in
  /// particular where the file can't be written. Throws InvalidArgumentError for an empty name, one
  /// under which SQLite keeps nothing on disk (`:memory:`, a URL; a file that is called so is
  /// `./:memory:`), and what is not a regular file. A file that is not an SQLite database stays as
  /// it is.
  SqliteMirror(const std::string& file, std::string_view posting_id);
  ~SqliteMirror() override;
  SqliteMirror(const SqliteMirror&) = delete;
  SqliteMirror& operator=(const SqliteMirror&) = delete;

  MirrorState load() override;  ///< see MirrorSink::load()
  MirrorChanges upsert(const std::vector<CandidateResponse>& batch,
                       const MirrorWalk& walk) override;
  bool keep(const std::string& interview_id, const MirrorWalk& walk) override;
  std::uint64_t finish(const MirrorWalk& walk, std::optional<Timestamp> watermark) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heymilo::workflows
