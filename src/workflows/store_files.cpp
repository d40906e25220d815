#include "workflows/store_files.hpp"

#include <algorithm>
#include <utility>

#include "heymilo/workflows/store_error.hpp"

#ifndef _WIN32
#include <sys/stat.h>
#endif

namespace heymilo::workflows::sqlite {

StoreFiles::StoreFiles(std::vector<std::string> paths, bool only_grow) : only_grow_(only_grow) {
  for (std::string& path : paths) {
    const std::optional<Identity> identity = identityOf(path);
    files_.push_back({std::move(path), identity});
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
    if (found->size < known.identity->size && (only_grow_ || found->size == 0)) {
      fail(known.path, "was truncated");
    }
    known.identity->size = found->size;
  }
}

void StoreFiles::fail(const std::string& path, const char* what) const {
  const std::string& database = files_.front().path;
  throw StoreError(path + (path == database ? "" : ", which is a part of " + database + ",") + ' ' +
                   what + ", while this run was at work on it");
}

}  // namespace heymilo::workflows::sqlite
