# The programs that each consumer project builds and runs, like a strict host: in each of these language
# versions, all warnings are errors, in our headers too.
set(CONSUMER_STANDARDS 17 20 23 CACHE STRING "The language versions")
if(CMAKE_VERSION VERSION_LESS 3.20)  # which knows of no C++23
  list(REMOVE_ITEM CONSUMER_STANDARDS 23)
endif()

function(consumer_program name)
  cmake_parse_arguments(PARSE_ARGV 1 program "" "" "SOURCES;LIBRARIES")
  list(TRANSFORM program_SOURCES PREPEND "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/programs/")
  foreach(standard IN LISTS CONSUMER_STANDARDS)
    set(target ${name}_cxx${standard})
    add_executable(${target} ${program_SOURCES})
    set_target_properties(${target} PROPERTIES
      CXX_STANDARD ${standard}
      CXX_STANDARD_REQUIRED ON
      CXX_EXTENSIONS OFF
      NO_SYSTEM_FROM_IMPORTED ON)
    if(MSVC)
      target_compile_options(${target} PRIVATE /W4 /permissive- /utf-8)
    else()
      target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
    endif()
    target_link_libraries(${target} PRIVATE ${program_LIBRARIES})
    add_test(NAME ${target} COMMAND ${target})
  endforeach()
endfunction()

enable_testing()
consumer_program(client SOURCES client.cpp LIBRARIES heymilo::heymilo)
consumer_program(macros SOURCES macros_first.cpp macros_in_between.cpp LIBRARIES heymilo::heymilo)
