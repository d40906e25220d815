// A host that includes <windows.h> after the standard library. A standard header included last
// undefines some macros, and would hide conflicts with our headers.
#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <initializer_list>
#include <iosfwd>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
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
