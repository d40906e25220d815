#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/closed_in_children.hpp"

namespace heymilo::machine {

/// A file with locks on ranges of its bytes, as Linux has them: of the open file (F_OFD_SETLK), so
/// that two of these are in each other's way also within a process, and gone with the process. A
/// child of fork() has neither the file nor its locks. What fails throws StoreError with the file's
/// name.
class LockedFile {
 public:
  /// Opens the file, which belongs to this user alone; `make`: makes it where there is none.
  LockedFile(const std::string& path, bool make);

  const std::string& path() const noexcept { return path_; }
  bool isOpen() const noexcept { return file_.get() >= 0; }
  /// Whether the path still leads to this file. `size` is that of what the path leads to.
  bool isInPlace(std::size_t& size) const;
  std::size_t size() const;
  /// Its number in the file system, and when it was made, in ns by the file system; 0: not known. A
  /// copy differs in one of them.
  std::uint64_t inode() const noexcept { return inode_; }
  std::int64_t born() const noexcept { return born_; }

  /// False where another one has a part of it.
  bool lock(std::size_t at, std::size_t length) const;
  void unlock(std::size_t at, std::size_t length) const noexcept;
  /// Whether another one has a lock in there; a length of 0 is all that follows.
  bool isLocked(std::size_t at, std::size_t length) const;

  /// Returns how many bytes there were.
  std::size_t read(void* to, std::size_t length, std::size_t at) const;
  void write(const void* from, std::size_t length, std::size_t at) const;
  /// Makes it so long, with room on the disk.
  void resize(std::size_t length) const;
  /// Makes it empty, where that is possible.
  void truncate() const noexcept;

  /// Throws where it is on a file system that is not known to have exact locks, such as NFS.
  void checkFileSystem() const;

  /// What went wrong, as `errno` says.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  void identify();

  const std::string path_;
  const ClosedInChildren file_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::int64_t born_ = 0;
};

/// The folder of a file, in which those who send show that they do, to those who make the file
/// anew.
class SendersFolder {
 public:
  /// Of no use where others than this user could lock it.
  explicit SendersFolder(const std::string& file);

  /// A request is under way from now on. False: somebody looks right now; try again.
  bool enter() const;
  void leave() const noexcept;
  /// Whether nobody has a request under way, for certain.
  bool isQuiet() const;

 private:
  const std::string path_;
  const ClosedInChildren folder_;  // none where it is of no use
};

}  // namespace heymilo::machine
