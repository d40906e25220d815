// A host that includes <windows.h> after the standard library, which takes some macros back when it
// comes last, and so would hide what our headers do with them.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "hostile_macros.hpp"

#include <heymilo/heymilo.hpp>

std::string_view versionSeenInBetween();
std::string_view versionSeenInBetween() { return heymilo::version(); }
