// A host that includes <windows.h> before anything else.
#include "hostile_macros.hpp"

#include <heymilo/heymilo.hpp>

// A host that includes the standard library first is in macros_in_between.cpp.
std::string_view versionSeenInBetween();

int main() { return heymilo::version() == versionSeenInBetween() ? 0 : 1; }
