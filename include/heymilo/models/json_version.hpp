#pragma once

#include <nlohmann/json.hpp>

#include "heymilo/export.hpp"

/// The models contain values of `nlohmann::json`, whose layout differs between the versions of that
/// library, and with `JSON_DIAGNOSTICS`. A program compiled with another version than heymilo must
/// not run, so it does not link either: the linker misses a symbol that names the version heymilo
/// was built with, such as `heymilo::detail::built_with_nlohmann_json_3_11_2`. Nothing here is for
/// use in programs.

#if defined(JSON_DIAGNOSTICS) && JSON_DIAGNOSTICS
#define HEYMILO_JSON_DIAGNOSTICS _diagnostics
#else
#define HEYMILO_JSON_DIAGNOSTICS
#endif
#if defined(JSON_DIAGNOSTIC_POSITIONS) && JSON_DIAGNOSTIC_POSITIONS
#define HEYMILO_JSON_POSITIONS _positions
#else
#define HEYMILO_JSON_POSITIONS
#endif
#define HEYMILO_JSON_NAME_(what, major, minor, patch, diagnostics, positions) \
  what##_nlohmann_json_##major##_##minor##_##patch##diagnostics##positions
#define HEYMILO_JSON_NAME(what, major, minor, patch, diagnostics, positions) \
  HEYMILO_JSON_NAME_(what, major, minor, patch, diagnostics, positions)
/// `what`, with the version of the included nlohmann/json appended.
#define HEYMILO_WITH_JSON_VERSION(what)          \
  HEYMILO_JSON_NAME(what,                        \
                    NLOHMANN_JSON_VERSION_MAJOR, \
                    NLOHMANN_JSON_VERSION_MINOR, \
                    NLOHMANN_JSON_VERSION_PATCH, \
                    HEYMILO_JSON_DIAGNOSTICS,    \
                    HEYMILO_JSON_POSITIONS)

namespace heymilo::detail {

HEYMILO_EXPORT void HEYMILO_WITH_JSON_VERSION(built_with)() noexcept;

// References the function in every file that includes a model, although it is never called, and
// although the linker may drop unused sections ("retain", from GCC 11 and Clang 13 on). Its name
// contains the version too; otherwise the linker would keep only one of two in the same program.
#if defined(__GNUC__)
#if defined(__ELF__) && defined(__has_attribute)
#if __has_attribute(retain)
__attribute__((retain))
#endif
#endif
__attribute__((used))
#endif
inline void (*const HEYMILO_WITH_JSON_VERSION(compiled_with))() noexcept =
    &HEYMILO_WITH_JSON_VERSION(built_with);

}  // namespace heymilo::detail
