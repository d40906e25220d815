#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "heymilo/workflows/mirror.hpp"

namespace heymilo::workflows {

/// A change as a mirror has stored it.
struct StoredChange {
  std::string interview_id{};
  std::uint64_t number = 0;
  std::optional<std::string> before{};  ///< JSON, as last handed out; empty: not, or as gone
  std::optional<std::string> after{};   ///< JSON, as it is now; empty: gone
};

/// Empty where nothing is left to hand out: the candidate is as before, but for signed links. A
/// `before` that this version can't read counts as none. Throws StoreError for such an `after`.
std::optional<MirrorChange> changeOf(const StoredChange& stored);

/// The JSON of what was handed out, which is the next `before`.
std::optional<std::string> handedOut(const MirrorChange& change);

}  // namespace heymilo::workflows
