#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "heymilo/workflows/journal.hpp"

namespace heymilo::postgres {

/// heymilo::postgres::journal() with another limit of the time of an operation, for tests.
std::shared_ptr<workflows::Journal> makeJournal(std::string url, std::chrono::milliseconds limit);

}  // namespace heymilo::postgres
