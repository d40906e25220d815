#pragma once

#include <string_view>

#include "heymilo/export.hpp"

/// The version of the headers. CMakeLists.txt reads the numbers from here.
#define HEYMILO_VERSION_MAJOR 0
#define HEYMILO_VERSION_MINOR 2
#define HEYMILO_VERSION_PATCH 0

namespace heymilo {

/// The version of the library that was linked, as "MAJOR.MINOR.PATCH".
HEYMILO_EXPORT std::string_view version() noexcept;

}  // namespace heymilo
