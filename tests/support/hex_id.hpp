#pragma once

#include <gmock/gmock.h>

#include <string>

namespace heymilo_test {

/// An id of the mock server: the prefix, and 16 lower-case hexadecimal digits. (GoogleTest has no
/// regular expressions with sets on Windows.)
MATCHER_P(HexIdAfter, prefix, std::string("is ") + prefix + " and 16 hexadecimal digits") {
  const std::string text = arg;
  const std::string begin = prefix;
  return text.size() == begin.size() + 16 && text.compare(0, begin.size(), begin) == 0 &&
         text.find_first_not_of("0123456789abcdef", begin.size()) == std::string::npos;
}

}  // namespace heymilo_test
