#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace heymilo::workflows {

/// `<journal>-run`, the file beside a journal: it says which state of the journal is the last one,
/// and has the locks of its writers and workers. For one thread at a time. Functions throw
/// StoreError with the file's name, except where it is said.
///
/// The locks are those of an open file (F_OFD_SETLK): each RunFile is in the others' way, also
/// within a process, and a child of fork() has none of its parent's. Where there are none
/// (hasLocks()), SQLite alone keeps writers apart, and nobody knows who lives.
class RunFile {
 public:
  /// Opens it, or makes it, readable by its owner only. `journal`: the path, without links.
  explicit RunFile(const std::string& journal);
  ~RunFile();
  RunFile(const RunFile&) = delete;
  RunFile& operator=(const RunFile&) = delete;

  static bool hasLocks() noexcept;
  const std::string& path() const noexcept { return path_; }

  /// What the journal's generation may be. Both are 0 in a new file.
  struct State {
    std::int64_t last = 0;      ///< of the last transaction that was finished
    std::int64_t next = 0;      ///< of the one that was begun after it, or the same
    std::uint64_t journal = 0;  ///< the inode of the journal; 0 where there are none
  };
  /// What is not a state is one of zeros.
  State read() const;
  /// Not synchronised with the disk: after a power failure an earlier state is there, or none, and
  /// the journal is taken for a restored one.
  void write(const State& state) const;

  /// Makes this the only one that writes. Throws where another one has been for as long as that.
  void lock(std::chrono::milliseconds patience) const;
  void unlock() const noexcept;

  /// Locks a byte that nobody has, for a worker: where it is. 0 where there are no locks.
  std::int64_t lockWorker() const;
  void unlockWorker(std::int64_t at) const noexcept;
  /// Which file a worker's lock is in: another one may have been at this path.
  const std::string& place() const noexcept { return place_; }
  /// Whether the worker with this lock lives; empty where that is not known, as its lock is not in
  /// this file. This RunFile's own locks look as if they were not there.
  std::optional<bool> lives(const std::string& place, std::int64_t at) const;

 private:
  class Descriptor;

  const std::string path_;
  std::unique_ptr<Descriptor> file_;
  std::string place_;
};

/// 63 random bits, not 0.
std::int64_t randomNumber();

}  // namespace heymilo::workflows
