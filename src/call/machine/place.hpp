#pragma once

#include <cstdint>
#include <string>

namespace heymilo::machine {

/// Where a process runs, as far as boot times of another one mean anything to it.
struct Place {
  std::string boot;                  ///< the boot id
  std::uint64_t time_namespace = 0;  ///< 0 where the kernel has none
};

/// Throws StoreError where it can't be known.
Place thisPlace();

}  // namespace heymilo::machine
