#pragma once

#include <cstddef>

/// Counts this program's heap allocations by operator new, on any thread.
namespace benchmarks {

struct Allocations {
  std::size_t count = 0;
  std::size_t peak_bytes = 0;  ///< the peak, in addition to the initial amount
};

/// The allocations of `work`, measured in its second run.
Allocations allocationsOf(const void* context, void (*work)(const void* context));

template <class Work>
Allocations allocationsOf(const Work& work) {
  work();
  return allocationsOf(&work, [](const void* context) { (*static_cast<const Work*>(context))(); });
}

}  // namespace benchmarks
