#include "base/file_system.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace heymilo {

namespace {

// What <linux/magic.h> does not have.
constexpr std::uint32_t kZfs = 0x2fc12fc1;
constexpr std::uint32_t kBcachefs = 0xca451a4e;
constexpr std::uint32_t kXfs = 0x58465342;
constexpr std::uint32_t kF2fs = 0xf2f52010;
constexpr std::uint32_t kRamfs = 0x858458f6;

// Of one machine, with the locks of its kernel.
constexpr std::array<std::uint32_t, 9> kLocal = {EXT4_SUPER_MAGIC,
                                                 TMPFS_MAGIC,
                                                 kXfs,
                                                 BTRFS_SUPER_MAGIC,
                                                 OVERLAYFS_SUPER_MAGIC,
                                                 kF2fs,
                                                 kZfs,
                                                 kBcachefs,
                                                 kRamfs};

bool isLocal(const struct statfs& about) {
  const auto type = static_cast<std::uint32_t>(about.f_type);
  return std::find(kLocal.begin(), kLocal.end(), type) != kLocal.end();
}

}  // namespace

bool hasExactLocks(int descriptor) {
  struct statfs about {};
  if (fstatfs(descriptor, &about) != 0) {
    throw std::system_error(errno, std::system_category());
  }
  return isLocal(about);
}

bool hasExactLocks(const std::string& file) {
  struct statfs about {};
  if (statfs(file.c_str(), &about) == 0) {
    return isLocal(about);
  }
  const std::size_t slash = file.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  return statfs(folder.c_str(), &about) != 0 || isLocal(about);
}

}  // namespace heymilo
