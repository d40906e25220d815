#include "allocations.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace benchmarks {

namespace {

std::atomic<std::size_t> allocations{0};
std::atomic<std::ptrdiff_t> held{0};
std::atomic<std::ptrdiff_t> most_held{0};

void* take(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  allocations.fetch_add(1, std::memory_order_relaxed);
  const auto taken = static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  const std::ptrdiff_t now = held.fetch_add(taken, std::memory_order_relaxed) + taken;
  std::ptrdiff_t most = most_held.load(std::memory_order_relaxed);
  while (now > most && !most_held.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
  }
  return memory;
}

void giveBack(void* memory) noexcept {
  if (memory != nullptr) {
    held.fetch_sub(static_cast<std::ptrdiff_t>(malloc_usable_size(memory)),
                   std::memory_order_relaxed);
    std::free(memory);
  }
}

}  // namespace

Allocations allocationsOf(const void* context, void (*work)(const void* context)) {
  const std::size_t before = allocations;
  const std::ptrdiff_t held_before = held;
  most_held = held_before;
  work(context);
  return {allocations - before, static_cast<std::size_t>(most_held - held_before)};
}

}  // namespace benchmarks

void* operator new(std::size_t size) { return benchmarks::take(size); }
void* operator new[](std::size_t size) { return benchmarks::take(size); }
void operator delete(void* memory) noexcept { benchmarks::giveBack(memory); }
void operator delete[](void* memory) noexcept { benchmarks::giveBack(memory); }
void operator delete(void* memory, std::size_t) noexcept { benchmarks::giveBack(memory); }
void operator delete[](void* memory, std::size_t) noexcept { benchmarks::giveBack(memory); }
