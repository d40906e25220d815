#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "heymilo/workflows/mirror.hpp"

namespace heymilo::postgres {

/// heymilo::postgres::mirror() with another limit of the time of a statement, for tests.
std::shared_ptr<workflows::MirrorSink> makeMirror(std::string url, const std::string& posting_id,
                                                  std::chrono::milliseconds limit);

}  // namespace heymilo::postgres
