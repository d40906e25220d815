#include "workflows/store_files.hpp"

#include <fstream>
#include <string_view>
#include <utility>

#include "heymilo/workflows/store_error.hpp"

#ifndef _WIN32
#include <sys/stat.h>
#endif

namespace heymilo::workflows::sqlite {

StoreFiles::StoreFiles(std::vector<std::string> paths, bool only_grow) : only_grow_(only_grow) {
  for (std::string& path : paths) {
    const std::optional<Identity> identity = identityOf(path);
    constexpr std::string_view kLog = "-wal";
    const bool is_log = !files_.empty() && path.size() > kLog.size() &&
                        path.compare(path.size() - kLog.size(), kLog.size(), kLog) == 0;
    const char first = is_log ? firstByteOf(path) : '\0';
    files_.push_back({std::move(path), identity, is_log, first});
  }
}

std::optional<StoreFiles::Identity> StoreFiles::identityOf(
    [[maybe_unused]] const std::string& path) {
#ifdef _WIN32  // where an open file can't be deleted or moved
  return std::nullopt;
#else
  struct stat about {};
  if (stat(path.c_str(), &about) != 0) {
    return std::nullopt;
  }
  return Identity{static_cast<std::uint64_t>(about.st_dev),
                  static_cast<std::uint64_t>(about.st_ino),
                  static_cast<std::int64_t>(about.st_size)};
#endif
}

char StoreFiles::firstByteOf(const std::string& path) {
  char byte = 0;
  std::ifstream(path, std::ios::binary).get(byte);
  return byte;
}

/// What was truncated and written on is as long as before, and has nothing where its head was. Not
/// asked of others than the log: who closes one of these loses the process's locks on it.
bool StoreFiles::lostItsBeginning(const Known& known) const {
  return known.is_log && only_grow_ && known.first != 0 && firstByteOf(known.path) == 0;
}

void StoreFiles::require() {
  for (Known& known : files_) {
    if (!known.identity) {
      continue;
    }
    const std::optional<Identity> found = identityOf(known.path);
    if (!found) {
      fail(known.path, "is not there any more: it was deleted or moved, or its folder was");
    }
    if (found->device != known.identity->device || found->file != known.identity->file) {
      fail(known.path, "is another file now: it was replaced");
    }
    const bool shorter = found->size < known.identity->size;
    const bool is_database = &known == &files_.front();
    const bool is_gone = is_database && found->size == 0;
    if ((shorter && (only_grow_ || is_gone)) || lostItsBeginning(known)) {
      fail(known.path, "was truncated");
    }
    known.identity->size = found->size;
    known.first = known.is_log ? firstByteOf(known.path) : 0;
  }
}

void StoreFiles::fail(const std::string& path, const char* what) const {
  const std::string& database = files_.front().path;
  throw StoreError(path + (path == database ? "" : ", which is a part of " + database + ",") + ' ' +
                   what + ", while this run was at work on it");
}

}  // namespace heymilo::workflows::sqlite
