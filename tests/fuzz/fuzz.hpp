#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

/// The target of a fuzz program: properties that hold for any text. It ends the process on a
/// violation.
void fuzzOne(std::string_view text);

inline void check(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
  }
}
