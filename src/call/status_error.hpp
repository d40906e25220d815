#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "call/redaction.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

/// How long the response's Retry-After asks to wait, from now on; nothing where it has none. A date
/// is counted from the response's own Date, so that clocks that differ don't matter.
std::optional<std::chrono::milliseconds> retryAfterOf(const HttpResponse& response);

/// Throws the StatusError that the response, which is not 2xx, stands for. Whatever the body is:
/// this never throws anything else.
[[noreturn]] void throwStatusError(std::string_view operation, HttpResponse response,
                                   const Redactor& redact);

}  // namespace heymilo
