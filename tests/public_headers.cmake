# Each public header compiles alone, twice in a row, and clean, in the oldest language version; in the
# newer ones all of them together do.

file(GLOB_RECURSE public_headers CONFIGURE_DEPENDS
  RELATIVE "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/include/*.hpp")
foreach(header IN LISTS public_headers)
  string(MAKE_C_IDENTIFIER "${header}" name)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/public_headers/${name}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
  list(APPEND public_headers_alone "${source}")
  string(APPEND public_headers_text "#include \"${header}\"\n")
endforeach()
set(public_headers_together "${CMAKE_CURRENT_BINARY_DIR}/public_headers/together.cpp")
file(CONFIGURE OUTPUT "${public_headers_together}" CONTENT "${public_headers_text}")

set(standards 17 20)
if(NOT CMAKE_VERSION VERSION_LESS 3.20)  # which knows of C++23
  list(APPEND standards 23)
endif()
foreach(standard IN LISTS standards)
  set(target public_headers_cxx${standard})
  if(standard EQUAL 17)
    add_library(${target} OBJECT ${public_headers_alone})
  else()
    add_library(${target} OBJECT "${public_headers_together}")
  endif()
  target_link_libraries(${target} PRIVATE heymilo)
  set_target_properties(${target} PROPERTIES CXX_STANDARD ${standard} CXX_STANDARD_REQUIRED ON)
  heymilo_compile_options(${target})
endforeach()
