#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "heymilo/errors.hpp"

namespace heymilo::workflows {

/// The records of a bulk request that an answer names as the reason why it was refused, by their
/// place in the request (17, of `body.data.17.email`), each with the first complaint about it,
/// whose param is that of the record (`email`). Empty where the answer names none. Places from
/// `size` on are passed over.
std::map<std::size_t, APIErrorDetail> culpritsOf(const StatusError& error, std::size_t size);

/// The record that the library itself refuses to send, and why; empty where it is not one of them.
std::optional<std::pair<std::size_t, APIErrorDetail>> culpritOf(const InvalidArgumentError& error,
                                                                std::size_t size);

}  // namespace heymilo::workflows
