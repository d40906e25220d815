#include "workflows/storage/store_files.hpp"

#include <utility>

#include "heymilo/workflows/store_error.hpp"

#ifndef _WIN32
#include <sys/stat.h>
#endif

namespace heymilo::workflows::sqlite {

StoreFiles::StoreFiles(std::vector<std::string> paths, bool only_grows) : only_grows_(only_grows) {
  for (std::string& path : paths) {
    const std::optional<Identity> identity = identityOf(path);
    files_.push_back({std::move(path), identity});
  }
}

std::optional<StoreFiles::Identity> StoreFiles::identityOf(
    [[maybe_unused]] const std::string& path) {
#ifdef _WIN32  // an open file can't be deleted or moved
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
      fail(known.path, "no longer exists: it or its directory was deleted or moved");
    }
    if (found->device != known.identity->device || found->file != known.identity->file) {
      fail(known.path, "was replaced by another file");
    }
    requireLength(known, *found);
    known.identity->size = found->size;
  }
}

void StoreFiles::requireLength(Known& known, const Identity& found) const {
  const bool is_database = &known == &files_.front();
  const bool shorter = is_database && found.size < known.identity->size;
  if (shorter && (only_grows_ || found.size == 0)) {
    fail(known.path, "was truncated");
  }
}

void StoreFiles::requireLength() {
  Known& database = files_.front();
  const std::optional<Identity> found = identityOf(database.path);
  if (database.identity && found && found->device == database.identity->device &&
      found->file == database.identity->file) {
    requireLength(database, *found);
  }
}

void StoreFiles::noteLength() {
  Known& database = files_.front();
  const std::optional<Identity> found = identityOf(database.path);
  if (database.identity && found && found->file == database.identity->file) {
    database.identity->size = found->size;
  }
}

void StoreFiles::fail(const std::string& path, const char* what) const {
  const std::string& database = files_.front().path;
  throw StoreError(path + (path == database ? "" : " (part of " + database + ')') + ' ' + what +
                   " during this run");
}

}  // namespace heymilo::workflows::sqlite
