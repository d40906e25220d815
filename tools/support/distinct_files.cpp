#include "support/distinct_files.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/ascii.hpp"
#include "support/program.hpp"

#ifndef _WIN32
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace support {

namespace {

#ifndef _WIN32
bool canBeDestroyed(const struct stat& file) {
  return S_ISREG(file.st_mode) || S_ISBLK(file.st_mode) || S_ISFIFO(file.st_mode);
}
#endif

}  // namespace

#ifdef _WIN32

FileIdentity FileIdentity::of(const std::string& name) {
  FileIdentity identity;
  std::error_code error;
  identity.path_ = std::filesystem::weakly_canonical(name, error).string();
  identity.kind_ = error ? Kind::none : Kind::missing;
  identity.name_ = identity.path_;
  return identity;
}

FileIdentity FileIdentity::ofDescriptor(int /*descriptor*/) { return {}; }

#else

FileIdentity FileIdentity::of(const std::string& name) {
  constexpr int kMostLinks = 40;
  namespace fs = std::filesystem;
  FileIdentity identity;
  std::error_code error;
  fs::path path = name;
  for (int links = 0; links < kMostLinks; ++links) {
    const fs::path target = fs::read_symlink(path, error);
    if (error) {
      break;
    }
    path = path.parent_path() / target;  // an absolute target replaces the path
  }
  identity.path_ = path.string();
  struct stat file {};
  if (stat(name.c_str(), &file) == 0) {
    identity.kind_ = canBeDestroyed(file) ? Kind::there : Kind::none;
  } else {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    identity.name_ = path.filename().string();
    if (!identity.name_.empty() && stat(folder.c_str(), &file) == 0) {
      identity.kind_ = Kind::missing;
    }
  }
  identity.device_ = static_cast<std::uint64_t>(file.st_dev);
  identity.inode_ = static_cast<std::uint64_t>(file.st_ino);
  return identity;
}

FileIdentity FileIdentity::ofDescriptor(int descriptor) {
  FileIdentity identity;
  struct stat file {};
  if (fstat(descriptor, &file) == 0 && canBeDestroyed(file)) {
    identity.kind_ = Kind::there;
    identity.device_ = static_cast<std::uint64_t>(file.st_dev);
    identity.inode_ = static_cast<std::uint64_t>(file.st_ino);
  }
  return identity;
}

#endif

bool FileIdentity::sameAs(const FileIdentity& other) const {
  return kind_ != Kind::none && kind_ == other.kind_ && device_ == other.device_ &&
         inode_ == other.inode_ && heymilo::ascii::equalIgnoringCase(name_, other.name_);
}

void DistinctFiles::add(const std::string& what, const std::string& name) {
  files_.push_back({what, what, FileIdentity::of(name)});
}

void DistinctFiles::addDescriptor(const std::string& what, int descriptor) {
  files_.push_back({what, what, FileIdentity::ofDescriptor(descriptor)});
}

void DistinctFiles::addDatabase(const std::string& what, const std::string& name) {
  const FileIdentity identity = FileIdentity::of(name);
  files_.push_back({what, what, identity});
  for (const char* ending : {"-wal", "-shm", "-journal", "-lock", ".rescued"}) {
    // SQLite creates them next to the link's target.
    for (const std::string& database : {name, identity.path()}) {
      files_.push_back({what + "'s own " + ending, what, FileIdentity::of(database + ending)});
    }
  }
}

void DistinctFiles::checkMessages() const {
  check();
  DistinctFiles with_messages = *this;
  with_messages.addDescriptor("standard error", kStandardError);
  try {
    with_messages.check();
  } catch (const UsageError&) {
#ifndef _WIN32
    const FileIdentity output = FileIdentity::ofDescriptor(kStandardOutput);
    const bool free = std::none_of(files_.begin(), files_.end(), [&](const File& file) {
      return file.identity.sameAs(output);
    });
    const int nowhere = free ? -1 : ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(free ? kStandardOutput : nowhere, kStandardError);
#endif
    throw;
  }
}

void DistinctFiles::check() const {
  for (auto a = files_.begin(); a != files_.end(); ++a) {
    for (auto b = files_.begin(); b != a; ++b) {
      if (a->owner != b->owner && a->identity.sameAs(b->identity)) {
        throw UsageError(b->what + " and " + a->what +
                         " are the same file.\nUse a different file for each." + otherwise_);
      }
    }
  }
}

}  // namespace support
