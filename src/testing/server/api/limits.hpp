#pragma once

#include <cstddef>

/// The API's limits as the server enforces them. They are not those of the library
/// (base/api_limits.hpp): the server is there to notice when the library has them wrong.
namespace heymilo::testing::detail {

/// Candidates on a page of a list: `limit`.
inline constexpr int kMinLimit = 1;
inline constexpr int kMaxLimit = 100;

inline constexpr std::size_t kMaxMetadataKeys = 50;
inline constexpr std::size_t kMaxKeyLength = 40;     // in code points
inline constexpr std::size_t kMaxValueLength = 500;  // in code points

/// The largest body that is read, in bytes.
inline constexpr std::size_t kMaxBody = std::size_t{64} << 20;

}  // namespace heymilo::testing::detail
