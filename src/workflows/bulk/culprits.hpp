#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "heymilo/errors.hpp"

namespace heymilo::workflows {

/// The records of a bulk request that an error response gives as the reason, by their place in the
/// request (17, of `body.data.17.email`), each with its first error, whose param is the record's
/// (`email`). Empty where the response names none. Places from `size` on are ignored.
std::map<std::size_t, APIErrorDetail> culpritsOf(const StatusError& error, std::size_t size);

/// The record that the library itself refuses to send, and why. Empty where the error is not about
/// a record.
std::optional<std::pair<std::size_t, APIErrorDetail>> culpritOf(const InvalidArgumentError& error,
                                                                std::size_t size);

}  // namespace heymilo::workflows
