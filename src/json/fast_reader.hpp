#pragma once

#include <cstddef>
#include <string_view>

#include "json/sink.hpp"

namespace heymilo::json {

/// Like read(), with simdjson and without errors of its own. False if it cannot decide: invalid
/// text, a text that is not an object, or a number beyond 64 bits. The sink has then received a
/// part of the events, and read() decides. `spare`: the number of bytes after the text that may be
/// read; at least 64 save a copy.
bool readFast(std::string_view text, std::size_t spare, Sink& sink);

}  // namespace heymilo::json
