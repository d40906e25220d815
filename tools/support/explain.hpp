#pragma once

#include <chrono>
#include <cstdint>
#include <heymilo/errors.hpp>
#include <heymilo/pagination.hpp>
#include <string>

namespace support {

/// For people: what happened, which values are at fault where the API says so, and what to do next.
/// Lines with their ends, without control characters.
std::string explain(const heymilo::Error& error);

/// For people: that it is of no use to run the program again. A line with its end.
std::string explainSameAgain();

/// Whether the same command may get further than this error another time.
bool helpsToRunAgain(const heymilo::Error& error);

/// For people: who can't be read, and where in which response. Lines with their ends, without
/// control characters and with no personal data but the interview_id.
std::string explain(const heymilo::UnreadableCandidate& candidate);

/// For people: what it means that so many candidates can't be read. Lines with their ends.
std::string explainUnreadable(std::uint64_t count);

/// For people: whether what a failed request brought was ingested, and whether it is safe to send
/// it again. `began` is the moment before sending. A line with its end.
std::string ingestOutcome(const heymilo::Error& error, std::chrono::system_clock::time_point began);

}  // namespace support
