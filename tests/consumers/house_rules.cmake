# Settings that a host may have for all of its sources before it adds heymilo, and that would break a build of
# foreign sources. end_of_house_rules() ends them, since the programs that are built and run are foreign
# sources, too.

set(CMAKE_UNITY_BUILD ON)

# Warnings that no unprepared code is free of, as errors.
set(house_warnings -Weffc++ -Wswitch-default -Wdouble-promotion -Wundef)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND house_warnings -Wuseless-cast -Wsuggest-final-types -Wabi-tag)
endif()
add_compile_options(${house_warnings} -Werror)
set(CMAKE_COMPILE_WARNING_AS_ERROR ON)

# Checkers that run on each source, and accept none.
foreach(checker IN ITEMS CLANG_TIDY CPPCHECK CPPLINT INCLUDE_WHAT_YOU_USE)
  set(CMAKE_CXX_${checker} "${CMAKE_COMMAND};-E;false")
endforeach()
set(CMAKE_AUTOMOC ON)

# Headers of its own, with names that the library has within.
foreach(header IN ITEMS
    call/base_url call/call call/retry client/client_impl json/codec json/type curl/transfer)
  file(WRITE "${CMAKE_BINARY_DIR}/house/${header}.hpp" "#error This is the host's own.\n")
endforeach()
include_directories("${CMAKE_BINARY_DIR}/house")
set(CMAKE_INCLUDE_CURRENT_DIR ON)

macro(end_of_house_rules)
  foreach(variable IN ITEMS
      UNITY_BUILD COMPILE_WARNING_AS_ERROR AUTOMOC INCLUDE_CURRENT_DIR
      CXX_CLANG_TIDY CXX_CPPCHECK CXX_CPPLINT CXX_INCLUDE_WHAT_YOU_USE)
    unset(CMAKE_${variable})
  endforeach()
  set_property(DIRECTORY PROPERTY COMPILE_OPTIONS)
  set_property(DIRECTORY PROPERTY INCLUDE_DIRECTORIES)
endmacro()
