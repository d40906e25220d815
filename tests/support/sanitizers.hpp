#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEYMILO_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HEYMILO_TEST_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HEYMILO_TEST_ADDRESS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEYMILO_TEST_ADDRESS_SANITIZED 1
#endif
#endif
#ifndef HEYMILO_TEST_ADDRESS_SANITIZED
#define HEYMILO_TEST_ADDRESS_SANITIZED 0
#endif
#ifndef HEYMILO_TEST_SANITIZED
#define HEYMILO_TEST_SANITIZED 0
#endif

namespace heymilo_test {

/// A sanitizer slows the code down, and its memory is not the library's.
constexpr bool kSanitized = HEYMILO_TEST_SANITIZED != 0;

/// The number of repetitions: this many, or a tenth with a sanitizer.
constexpr std::size_t effort(std::size_t count) { return kSanitized ? (count + 9) / 10 : count; }

}  // namespace heymilo_test
