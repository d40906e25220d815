#pragma once

#include <string_view>

#include "json/sink.hpp"

namespace heymilo::json {

/// A text that is not JSON (RFC 8259). `problem` quotes nothing of it.
struct SyntaxError {
  std::string_view problem;  // a literal
  std::size_t position;      // the byte where it was noticed, from 0
};

/// Tells a sink what a JSON text consists of. A byte order mark is skipped. Throws SyntaxError, and
/// what the sink throws.
void read(std::string_view text, Sink& sink);

}  // namespace heymilo::json
