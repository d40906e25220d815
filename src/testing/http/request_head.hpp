#pragma once

#include <string_view>

#include "heymilo/testing/recorded_request.hpp"

namespace heymilo::testing::detail {

/// Reads method, path, query and headers from the bytes of a request up to its empty line, as they
/// were received: cpp-httplib's own reading decodes percent signs in headers, and loses their
/// order.
RecordedRequest parseRequestHead(std::string_view bytes);

}  // namespace heymilo::testing::detail
