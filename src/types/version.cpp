#include "heymilo/version.hpp"

#define HEYMILO_TEXT_(x) #x
#define HEYMILO_TEXT(x) HEYMILO_TEXT_(x)

namespace heymilo {

std::string_view version() noexcept {
  return HEYMILO_TEXT(HEYMILO_VERSION_MAJOR) "." HEYMILO_TEXT(
      HEYMILO_VERSION_MINOR) "." HEYMILO_TEXT(HEYMILO_VERSION_PATCH);
}

}  // namespace heymilo
