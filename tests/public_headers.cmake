# Each public header compiles alone, twice in a row, and without warnings, in the oldest language version; in
# the newer ones all of them together do, and after the macros of <windows.h>. If clang++ is available, it
# checks them as well, for extensions of GCC and Clang. (portable_headers_test.cpp checks what no compiler
# reports.)

file(GLOB_RECURSE public_headers CONFIGURE_DEPENDS
  RELATIVE "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/include/*.hpp")
foreach(header IN LISTS public_headers)
  string(MAKE_C_IDENTIFIER "${header}" name)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/public_headers/${name}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
  list(APPEND public_headers_alone "${source}")
  string(APPEND public_headers_text "#include \"${header}\"\n")
  file(STRINGS "${PROJECT_SOURCE_DIR}/include/${header}" others REGEX "^#include <[^>]+>")
  list(APPEND public_headers_others ${others})
endforeach()
set(public_headers_together "${CMAKE_CURRENT_BINARY_DIR}/public_headers/together.cpp")
file(CONFIGURE OUTPUT "${public_headers_together}" CONTENT "${public_headers_text}")

# After third-party headers, which the macros would break on systems without such macros.
list(REMOVE_DUPLICATES public_headers_others)
list(FILTER public_headers_others EXCLUDE REGEX "<(compare|coroutine)>")
string(REPLACE ";" "\n" public_headers_others "${public_headers_others}")
set(public_headers_macros "${CMAKE_CURRENT_BINARY_DIR}/public_headers/after_macros.cpp")
file(CONFIGURE OUTPUT "${public_headers_macros}" CONTENT
  "${public_headers_others}\n#include \"hostile_macros.hpp\"\n${public_headers_text}")

set(standards 17 20)
if(NOT CMAKE_VERSION VERSION_LESS 3.20)  # which knows of C++23
  list(APPEND standards 23)
endif()
foreach(standard IN LISTS standards)
  set(target public_headers_cxx${standard})
  if(standard EQUAL 17)
    add_library(${target} OBJECT ${public_headers_alone} "${public_headers_macros}")
    target_include_directories(${target} PRIVATE
      "${CMAKE_CURRENT_SOURCE_DIR}/consumers/programs")  # hostile_macros.hpp
  else()
    add_library(${target} OBJECT "${public_headers_together}")
  endif()
  target_link_libraries(${target} PRIVATE heymilo)
  set_target_properties(${target} PROPERTIES CXX_STANDARD ${standard} CXX_STANDARD_REQUIRED ON)
  heymilo_compile_options(${target})
endforeach()

find_program(HEYMILO_CLANG clang++)
mark_as_advanced(HEYMILO_CLANG)
if(HEYMILO_CLANG)
  add_test(NAME "public headers: nothing that only GCC and Clang know"
    COMMAND "${HEYMILO_CLANG}" -fsyntax-only -std=c++17 -Werror
      -Wall -Wextra -Wpedantic -Wmicrosoft -Wgnu -Wnon-gcc -Wundef -Wvla -Wc99-extensions
      "-I$<JOIN:$<TARGET_PROPERTY:heymilo,INTERFACE_INCLUDE_DIRECTORIES>,;-I>"
      "-idirafter$<JOIN:$<TARGET_PROPERTY:nlohmann_json::nlohmann_json,INTERFACE_INCLUDE_DIRECTORIES>,;-idirafter>"
      "${public_headers_together}"
    COMMAND_EXPAND_LISTS)
endif()
