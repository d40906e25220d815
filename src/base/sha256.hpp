#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace heymilo {

/// SHA-256 (FIPS 180-4) of the bytes: what stands for a secret that must not be recoverable.
std::array<std::uint8_t, 32> sha256(std::string_view bytes);

/// The same as 64 hexadecimal digits.
std::string sha256Hex(std::string_view bytes);

}  // namespace heymilo
