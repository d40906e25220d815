#include "call/machine/place.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>

#include "heymilo/errors.hpp"

namespace heymilo::machine {

namespace {

constexpr std::size_t kBootId = 36;

}  // namespace

Place thisPlace() {
  Place place;
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::getline(file, place.boot);
  if (place.boot.size() != kBootId) {
    throw StoreError(
        "the machine's quota: /proc/sys/kernel/random/boot_id can't be read, which tells the times "
        "of two "
        "boots apart: mount /proc");
  }
  struct stat clocks {};
  if (stat("/proc/self/ns/time", &clocks) == 0) {
    place.time_namespace = clocks.st_ino;
  } else if (errno != ENOENT) {
    throw StoreError("the machine's quota: /proc/self/ns/time can't be read: mount /proc");
  }
  return place;
}

}  // namespace heymilo::machine
