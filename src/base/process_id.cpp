#include "base/process_id.hpp"

#ifdef __linux__
#include <sys/mman.h>
#endif
#ifndef _WIN32
#include <unistd.h>
#endif

#include <atomic>
#include <cstddef>
#include <new>

namespace heymilo {

#ifdef _WIN32

long processId() noexcept {
  return 0;  // where there is no fork()
}

#elif defined(MADV_WIPEONFORK)

namespace {

/// A page that the kernel fills with zeros in each child, or null where it does not.
std::atomic<long>* makePage() noexcept {
  const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const page =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) {
    return nullptr;
  }
  // An emulator that ignores advice accepts the one that does not exist, too.
  constexpr int kNoSuchAdvice = -1;
  if (madvise(page, size, kNoSuchAdvice) == 0 || madvise(page, size, MADV_WIPEONFORK) != 0) {
    munmap(page, size);
    return nullptr;
  }
  return new (page) std::atomic<long>(0);
}

/// Made when the library is loaded, before a thread could fork while it is made.
std::atomic<long>* const kPage = makePage();

}  // namespace

long processId() noexcept {
  if (kPage == nullptr) {
    return getpid();
  }
  long id = kPage->load(std::memory_order_relaxed);
  if (id == 0) {
    id = getpid();
    kPage->store(id, std::memory_order_relaxed);
  }
  return id;
}

#else

long processId() noexcept { return getpid(); }

#endif

}  // namespace heymilo
