#include "call/machine/locked_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "base/file_system.hpp"
#include "heymilo/errors.hpp"

namespace heymilo::machine {

namespace {

constexpr mode_t kOwnerOnly = 0600;

int openFile(const std::string& path, bool make) {
  return make ? open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, kOwnerOnly)
              : open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
}

/// A folder that nobody but this user can open for locking or put files into.
int openOwnFolder(const std::string& path) {
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct stat about {};
  if (folder >= 0 && (fstat(folder, &about) != 0 || about.st_uid != geteuid() ||
                      (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)) {
    close(folder);
    return -1;
  }
  return folder;
}

std::string folderOf(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : file.substr(0, slash);
}

struct flock range(short type, std::size_t at, std::size_t length) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(at);
  lock.l_len = static_cast<off_t>(length);
  return lock;
}

}  // namespace

LockedFile::LockedFile(const std::string& path, bool make)
    : path_(path), file_([&path, make] { return openFile(path, make); }) {
  if (isOpen()) {
    identify();
  } else if (errno == ELOOP) {
    throw StoreError("quota file " + path_ + " is a symbolic link: name the file itself");
  } else if (make || errno != ENOENT) {
    fail("can't be opened");
  }
}

void LockedFile::fail(const std::string& what) const {
  throw StoreError("quota file " + path_ + ' ' + what + ": " +
                   std::system_category().message(errno));
}

void LockedFile::identify() {
  struct stat about {};
  if (fstat(file_.get(), &about) != 0) {
    fail("can't be looked at");
  }
  if (!S_ISREG(about.st_mode) || about.st_uid != geteuid() ||
      (about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw StoreError("quota file " + path_ +
                     " must be a regular file that belongs to this user alone (mode 0600)");
  }
  device_ = about.st_dev;
  inode_ = about.st_ino;
  struct statx more {};
  if (statx(file_.get(), "", AT_EMPTY_PATH, STATX_BTIME, &more) == 0 &&
      (more.stx_mask & STATX_BTIME) != 0) {
    constexpr std::int64_t kNanoseconds = 1'000'000'000;
    born_ = more.stx_btime.tv_sec * kNanoseconds + more.stx_btime.tv_nsec;
  }
}

bool LockedFile::isInPlace(std::size_t& size) const {
  struct stat there {};
  if (stat(path_.c_str(), &there) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return false;
    }
    fail("can't be looked at");
  }
  size = static_cast<std::size_t>(there.st_size);
  return there.st_dev == device_ && there.st_ino == inode_;
}

std::size_t LockedFile::size() const {
  struct stat about {};
  if (fstat(file_.get(), &about) != 0) {
    fail("can't be looked at");
  }
  return static_cast<std::size_t>(about.st_size);
}

bool LockedFile::lock(std::size_t at, std::size_t length) const {
  struct flock lock = range(F_WRLCK, at, length);
  if (fcntl(file_.get(), F_OFD_SETLK, &lock) == 0) {
    return true;
  }
  if (errno != EAGAIN && errno != EACCES) {
    fail("can't be locked");
  }
  return false;
}

void LockedFile::unlock(std::size_t at, std::size_t length) const noexcept {
  struct flock lock = range(F_UNLCK, at, length);
  fcntl(file_.get(), F_OFD_SETLK, &lock);
}

bool LockedFile::isLocked(std::size_t at, std::size_t length) const {
  struct flock lock = range(F_WRLCK, at, length);
  if (fcntl(file_.get(), F_OFD_GETLK, &lock) != 0) {
    fail("can't be asked for its locks");
  }
  return lock.l_type != F_UNLCK;
}

std::size_t LockedFile::read(void* to, std::size_t length, std::size_t at) const {
  const ssize_t count = pread(file_.get(), to, length, static_cast<off_t>(at));
  if (count < 0) {
    fail("can't be read");
  }
  return static_cast<std::size_t>(count);
}

void LockedFile::write(const void* from, std::size_t length, std::size_t at) const {
  const ssize_t count = pwrite(file_.get(), from, length, static_cast<off_t>(at));
  if (count != static_cast<ssize_t>(length)) {
    errno = count < 0 ? errno : ENOSPC;
    fail("can't be written");
  }
}

void LockedFile::resize(std::size_t length) const {
  int error = ftruncate(file_.get(), static_cast<off_t>(length)) == 0 ? 0 : errno;
  if (error == 0 && length > 0) {
    error = posix_fallocate(file_.get(), 0, static_cast<off_t>(length));
  }
  if (error != 0) {
    errno = error;
    fail("can't be given its length");
  }
}

void LockedFile::truncate() const noexcept {
  [[maybe_unused]] const int failed = ftruncate(file_.get(), 0);
}

void LockedFile::checkFileSystem() const {
  bool exact = false;
  try {
    exact = hasExactLocks(file_.get());
  } catch (const std::system_error& error) {
    errno = error.code().value();
    fail("can't be looked at");
  }
  if (!exact) {
    throw StoreError("quota file " + path_ +
                     " is on a network or an unknown file system, whose locks may not be exact: "
                     "name a file on a local disk, or in /run or /dev/shm");
  }
}

SendersFolder::SendersFolder(const std::string& file)
    : path_(folderOf(file)), folder_([this] { return openOwnFolder(path_); }) {}

bool SendersFolder::enter() const {
  return folder_.get() < 0 || flock(folder_.get(), LOCK_SH | LOCK_NB) == 0;
}

void SendersFolder::leave() const noexcept {
  if (folder_.get() >= 0) {
    flock(folder_.get(), LOCK_UN);
  }
}

bool SendersFolder::isQuiet() const {
  if (folder_.get() < 0) {
    return false;
  }
  const ClosedInChildren other([this] { return openOwnFolder(path_); });
  return other.get() >= 0 && flock(other.get(), LOCK_EX | LOCK_NB) == 0;
}

}  // namespace heymilo::machine
