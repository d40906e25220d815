#include "support/temporary_files.hpp"

#include <array>
#include <atomic>
#include <filesystem>
#include <system_error>
#include <utility>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace support {

namespace {

std::array<std::atomic<const char*>, 16> registered{};
static_assert(std::atomic<const char*>::is_always_lock_free);

void replace(const char* from, const char* to) {
  for (std::atomic<const char*>& place : registered) {
    const char* expected = from;
    if (place.compare_exchange_strong(expected, to)) {
      return;
    }
  }
}

}  // namespace

TemporaryFiles::TemporaryFiles(std::vector<std::string> paths) : paths_(std::move(paths)) {
  for (const std::string& path : paths_) {
    replace(nullptr, path.c_str());
  }
}

TemporaryFiles::~TemporaryFiles() {
  for (const std::string& path : paths_) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    replace(path.c_str(), nullptr);
  }
}

void removeTemporaryFiles() noexcept {
#ifndef _WIN32
  for (const std::atomic<const char*>& place : registered) {
    if (const char* path = place) {
      unlink(path);
    }
  }
#endif
}

}  // namespace support
