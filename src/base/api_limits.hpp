#pragma once

#include <cstddef>

/// The limits of the API, as its description (tests/contract/openapi.json) states them. The
/// library, the workflows and the programs take them from here. The mock server has its own
/// (testing/server/api/limits.hpp), so that a wrong number here is noticed.
namespace heymilo::api_limits {

/// Candidates on a page of a list: `limit`.
inline constexpr int kMinPage = 1;
inline constexpr int kMaxPage = 100;

inline constexpr std::size_t kMaxMetadataKeys = 50;
/// Of a metadata key and its value, in Unicode code points.
inline constexpr std::size_t kMaxMetadataKey = 40;
inline constexpr std::size_t kMaxMetadataValue = 500;

}  // namespace heymilo::api_limits
