#pragma once

#include <chrono>

#include "heymilo/errors.hpp"

namespace heymilo::workflows {

/// Whether a pass that failed with this error, of the API, may succeed later without anybody doing
/// anything about it.
bool isWorthRepeating(const Error& error);

/// How long the API wants to be left alone; 0 where it does not say.
std::chrono::milliseconds leastWait(const Error& error);

}  // namespace heymilo::workflows
