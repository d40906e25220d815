#pragma once

#include <chrono>
#include <heymilo/errors.hpp>
#include <string>

namespace support {

/// For people: what happened, which values are at fault where the API says so, and what to do next.
/// Lines with their ends, without control characters.
std::string explain(const heymilo::Error& error);

/// For people: whether what a failed request brought was ingested, and whether it is safe to send
/// it again. `began` is the moment before sending. A line with its end.
std::string ingestOutcome(const heymilo::Error& error, std::chrono::system_clock::time_point began);

}  // namespace support
