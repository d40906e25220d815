#pragma once

#include <chrono>
#include <cstdint>
#include <heymilo/errors.hpp>
#include <heymilo/pagination.hpp>
#include <string>

namespace support {

/// For people: the error, the invalid values if the API names them, and what to do next. Complete
/// lines without control characters.
std::string explain(const heymilo::Error& error);

/// For people: that running the program again does not help. A complete line.
std::string explainSameAgain();

/// Whether the same command may succeed later despite this error.
bool helpsToRunAgain(const heymilo::Error& error);

/// For people: the unreadable candidate, its position and response. Complete lines, without control
/// characters and without personal data except the interview_id.
std::string explain(const heymilo::UnreadableCandidate& candidate);

/// For people: the consequence of this number of unreadable candidates. Complete lines.
std::string explainUnreadable(std::uint64_t count);

/// For people: whether the candidates of a failed request were ingested, and whether it is safe to
/// send it again. `began` is the time before sending. A complete line.
std::string ingestOutcome(const heymilo::Error& error, std::chrono::system_clock::time_point began);

}  // namespace support
