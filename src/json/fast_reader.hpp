#pragma once

#include <cstddef>
#include <string_view>

#include "json/sink.hpp"

namespace heymilo::json {

/// As read(), by simdjson, and with no errors of its own. False where it can't tell what the text
/// says: an invalid one, one that is no object, or a number beyond 64 bits. The sink then has a
/// part of the events, and read() has the last word. `spare`: so many bytes behind the text may be
/// read, which saves a copy where they are at least 64.
bool readFast(std::string_view text, std::size_t spare, Sink& sink);

}  // namespace heymilo::json
