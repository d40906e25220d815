#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "heymilo/workflows/journal.hpp"
#include "workflows/job/job_times.hpp"

namespace heymilo::workflows {

/// One worker among those of a journal: its name, the numbers of its operations, until when it may
/// send, and which of the others are dead. It is told the time and what the store responded.
///
/// A worker sends until T_c after it began its last good operation, so that nothing of it is under
/// way at T_o after that. Another one has seen that operation's number after it was carried out,
/// and waits for T_o by its own clock before it says that the worker is dead; the store buries one
/// only while its number is still the same. Where the store knows who lives, it says so, and no
/// time has to pass.
class Membership {
 public:
  /// `fresh_id` makes random names; `times` must live as long as this.
  Membership(const JobTimes& times, std::function<std::string()> fresh_id)
      : times_(times), fresh_id_(std::move(fresh_id)) {}

  /// It has a row.
  bool inside() const noexcept { return inside_; }
  /// Its name; another one after each join.
  const std::string& id() const noexcept { return id_; }
  /// Whether a request of what `worker` has claimed may be sent now. To be asked before each
  /// attempt and again when it is connected.
  bool maySend(const std::string& worker, JobTime now) const {
    return inside_ && worker == id_ && now < good_ + times_.lease;
  }

  /// The stamp of a join(), under a new name.
  JournalStamp begin(JobTime now);
  /// The stamp of another operation.
  JournalStamp next(JobTime now);
  /// The operation has had this response. Where that is neither good nor stale, the worker is
  /// outside: what it had claimed is not its any more.
  void responded(JournalOutcome outcome);

  /// When the next beat is due.
  JobTime nextBeat() const { return good_ + times_.lease / 3; }
  /// The others, by the response to a beat.
  void observe(const std::vector<JournalWorker>& others, JobTime now);
  /// Those that are dead.
  std::vector<UnchangedWorker> dead(JobTime now) const;
  /// Whether any of the others may live; of those that have begun, if asked for.
  bool othersLive(bool begun) const;

 private:
  struct Other {
    std::int64_t number = 0;
    JobTime since{0};  // it has been seen with that number
    std::chrono::milliseconds outlast{0};
    bool begun = false;
    std::optional<bool> lives{};
  };

  const JobTimes& times_;
  const std::function<std::string()> fresh_id_;
  std::string id_;
  bool inside_ = false;
  std::int64_t number_ = 0;
  std::int64_t answered_ = 0;
  JobTime began_{0};  // the operation that is under way
  JobTime good_{0};   // the last good one
  std::map<std::string, Other> others_;
};

}  // namespace heymilo::workflows
