#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

/// Counts what operator new allocates, which this header replaces for the whole program: for the
/// only file of an ALONE test.
namespace heymilo_test {

inline constexpr std::size_t kLargeAllocation = 100'000;

inline std::atomic<int> allocations{0};
inline std::atomic<int> large_allocations{0};  // of at least kLargeAllocation bytes
inline thread_local int allocations_here = 0;  // of this thread

inline void* countedAllocation(std::size_t size) noexcept {
  ++allocations;
  ++allocations_here;
  large_allocations += size >= kLargeAllocation ? 1 : 0;
  return std::malloc(size == 0 ? 1 : size);
}

}  // namespace heymilo_test

void* operator new(std::size_t size) {
  if (void* memory = heymilo_test::countedAllocation(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return heymilo_test::countedAllocation(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
