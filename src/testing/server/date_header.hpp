#pragma once

#include <string>

#include "heymilo/models/timestamp.hpp"

namespace heymilo::testing::detail {

/// A time in the format of the `Date` header (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37
/// GMT`.
std::string dateHeader(Timestamp moment);

}  // namespace heymilo::testing::detail
