#pragma once

#include <string_view>

#include "json/sink.hpp"

namespace heymilo::json {

/// A text that is not JSON (RFC 8259). `problem` quotes no part of it.
struct SyntaxError {
  std::string_view problem;  // a literal
  std::size_t position;      // byte offset of the detection, from 0
};

/// Reports the contents of a JSON text to a sink. A byte order mark is skipped. Throws SyntaxError,
/// and whatever the sink throws.
void read(std::string_view text, Sink& sink);

}  // namespace heymilo::json
