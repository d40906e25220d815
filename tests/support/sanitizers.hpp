#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEYMILO_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HEYMILO_TEST_SANITIZED 1
#endif
#endif
#ifndef HEYMILO_TEST_SANITIZED
#define HEYMILO_TEST_SANITIZED 0
#endif

namespace heymilo_test {

/// The code is slowed down by a sanitizer, and what it measures of memory is not the library's.
constexpr bool kSanitized = HEYMILO_TEST_SANITIZED != 0;

/// How often something is to be tried: so often, or a tenth of that where a sanitizer looks on.
constexpr std::size_t effort(std::size_t count) { return kSanitized ? (count + 9) / 10 : count; }

}  // namespace heymilo_test
