#pragma once

#include <cstdint>
#include <string_view>

namespace heymilo {

/// FNV-1a with 64 bits: the same on every machine and in every version, since files hold it. Not
/// for texts that somebody chooses in order to make two of them collide.
constexpr std::uint64_t fnv1a(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash;
}

}  // namespace heymilo
