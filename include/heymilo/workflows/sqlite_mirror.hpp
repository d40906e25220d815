#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/workflows/mirror.hpp"

namespace heymilo::workflows {

/// A mirror of one posting in an SQLite file.
///
/// Table `candidates`, primary key `interview_id`:
///
/// - a column for each scalar property of CandidateResponse, with its name; a property that the API
///   did not send is NULL, or the schema's default if it has one;
/// - `current_step_id` and `current_step_order`: of the workflow's first step in progress, or NULL;
/// - `document`: the candidate's complete JSON as decoded, with undocumented properties, and
///   without null properties;
/// - `first_seen`, `last_seen`: when the mirror stored it for the first and the latest time;
/// - `changed_at`: when `document` last changed; the web interview's signed links are ignored,
///   since they may be signed anew for each response;
/// - `gone_at`: when the mirror found that the API no longer lists it, otherwise NULL. The row
///   keeps the last known state;
/// - `walk`: internal.
///
/// Table `candidate_history` (`interview_id`, `status`, `current_step_id`, `current_step_order`,
/// `observed_at`): a row for each change of a candidate's status or step that the mirror has seen,
/// and for its first one. Changes that began and ended between two runs are not in it.
///
/// Table `candidate_tombstones` (`tombstone`, `erased_at`): a row for each candidate who was
/// erased, without anything of the candidate: see MirrorSink::erase(). It holds back who is listed
/// again; to let all of them in again, delete its rows.
///
/// The table `candidate_changes` is internal: see MirrorSink::trackChanges(). Its rows have copies
/// of candidates, which are erased with them.
///
/// All times are Unix seconds, UTC, as REAL with microseconds: `datetime(created_at, 'unixepoch')`.
/// Booleans are 0 and 1. The table `mirror` is internal.
///
/// The file is in WAL mode: readers and a run never wait for each other, and a reader sees each
/// page completely or not at all. The file is created readable by its owner only, and is the
/// mirror's alone: another program's database is refused. Views and indexes may be added.
///
/// Who is erased is overwritten in the file: `secure_delete`, and VACUUM, which writes the whole
/// file anew in each run that erases somebody. The WAL is written back and cut off after that.
/// While a reader keeps an old transaction open, this waits for 10 seconds and is then left to the
/// next run. The blocks of the device that the WAL had, and backups, are the system's: a mirror on
/// an encrypted device, and backups that expire, are the means there.
class SqliteMirror final : public MirrorSink {
 public:
  /// Opens or creates the file. Throws StoreError if it can't be used, is in use by another run,
  /// mirrors another posting, or was created by another version; so do the other functions, in
  /// particular if the file is not writable. Throws InvalidArgumentError for an empty name, a name
  /// that SQLite would not store on disk (`:memory:`, a URL; for a file of this name use
  /// `./:memory:`), a connection string of libpq, and for anything but a regular file. A file that
  /// is neither a mirror nor an empty database is left unchanged, with a StoreError.
  SqliteMirror(const std::string& file, std::string_view posting_id);
  ~SqliteMirror() override;
  SqliteMirror(const SqliteMirror&) = delete;
  SqliteMirror& operator=(const SqliteMirror&) = delete;

  MirrorState load() override;  ///< see MirrorSink::load()
  MirrorChanges upsert(const std::vector<CandidateResponse>& batch,
                       const MirrorWalk& walk) override;
  bool keep(const std::string& interview_id, const MirrorWalk& walk) override;
  std::uint64_t finish(const MirrorWalk& walk, std::optional<Timestamp> watermark) override;
  MirrorDue due(Timestamp gone_before, const MirrorWindow& window) override;
  std::uint64_t erase(const MirrorWalk& walk, Timestamp gone_before) override;
  void wipe() override;
  std::optional<MirrorCount> count(const MirrorWindow& window) override;
  std::optional<Timestamp> createdAt(const MirrorWindow& window, std::uint64_t index) override;
  std::optional<Timestamp> nextOpen(const MirrorWindow& window) override;
  bool trackChanges(bool on) override;
  std::vector<MirrorChange> changes(std::size_t most) override;
  void handled(const MirrorChange& change) override;
  void requireInPlace() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heymilo::workflows
