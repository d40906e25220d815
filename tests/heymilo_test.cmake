# heymilo_test(), and the common parts of all test programs.

# The library for tests of private code. A static library exports all its symbols. A shared one hides those
# that are not the API: its objects are also put into a static one, and the mock server is linked with that
# instead of the shared one.
get_target_property(heymilo_type heymilo TYPE)
if(heymilo_type STREQUAL "STATIC_LIBRARY")
  add_library(heymilo_internals ALIAS heymilo)
  add_library(heymilo_testing_internals ALIAS heymilo_testing)
else()
  add_library(heymilo_internals STATIC $<TARGET_OBJECTS:heymilo> ${heymilo_base_objects})
  target_compile_features(heymilo_internals PUBLIC cxx_std_17)
  target_include_directories(heymilo_internals INTERFACE
    $<TARGET_PROPERTY:heymilo,INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(heymilo_internals PUBLIC
    nlohmann_json::nlohmann_json CURL::libcurl Threads::Threads
    $<$<BOOL:${HEYMILO_WITH_SIMDJSON}>:simdjson::simdjson>)
  set_target_properties(heymilo_internals PROPERTIES LINKER_LANGUAGE CXX)
  add_library(heymilo_testing_internals INTERFACE)
  target_link_libraries(heymilo_testing_internals INTERFACE
    $<TARGET_FILE:heymilo_testing> heymilo_internals
    $<$<BOOL:${HEYMILO_TESTING_HTTP}>:httplib::httplib>)
endif()

# Common parts of several tests: tests/support/*.cpp. They use only the public API.
set(support_sources loopback raw_client raw_connection raw_relay raw_server raw_stream)
if(UNIX)
  list(APPEND support_sources
    child_process http2 postgres raw_tls running_process screen spawn tls_certificates)
else()
  list(APPEND support_sources raw_without_tls)
endif()
list(TRANSFORM support_sources REPLACE "(.+)" "support/\\1.cpp")
add_library(heymilo_test_support OBJECT ${support_sources})
target_include_directories(heymilo_test_support PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}")
target_link_libraries(heymilo_test_support PRIVATE heymilo GTest::gmock ${heymilo_openssl})
heymilo_compile_options(heymilo_test_support TEST)

# The most common includes, parsed once for all tests. CMAKE_DISABLE_PRECOMPILE_HEADERS turns this off, which
# shows whether each file includes what it uses. A program, since -fPIE must be the same.
file(CONFIGURE OUTPUT test_headers.cpp CONTENT "int main() {}\n")
add_executable(heymilo_test_headers EXCLUDE_FROM_ALL "${CMAKE_CURRENT_BINARY_DIR}/test_headers.cpp")
target_precompile_headers(heymilo_test_headers PRIVATE
  <gmock/gmock.h> <gtest/gtest.h> <heymilo/heymilo.hpp> <nlohmann/json.hpp>)
target_link_libraries(heymilo_test_headers PRIVATE heymilo GTest::gmock Threads::Threads)
heymilo_compile_options(heymilo_test_headers TEST)

# The requirements of a test; it is only added if they are available:
#   HTTP         a mock server on a port
#   PROGRAMS     the programs (and HTTP, since they are tested with a mock server on a port)
#   POSIX        other processes, signals, file descriptors, limits of a process, TLS by OpenSSL
#   LINUX        /proc, /dev/full, or calls that only Linux has
#   PLAIN        no sanitizer: it has its own pthread_create(), or would add nothing
#   POSTGRES     the programs of PostgreSQL, and the component that needs it
#   COROUTINES   a compiler that has those of C++20
#   SIMDJSON     HEYMILO_WITH_SIMDJSON
set(heymilo_there)
foreach(condition IN ITEMS
    "HTTP HEYMILO_TESTING_HTTP" "PROGRAMS HEYMILO_BUILD_TOOLS AND HEYMILO_BUILD_EXAMPLES AND HEYMILO_TESTING_HTTP" "POSIX UNIX"
    "LINUX CMAKE_SYSTEM_NAME STREQUAL Linux" "PLAIN NOT HEYMILO_SANITIZE"
    "POSTGRES HEYMILO_BUILD_POSTGRES AND CMAKE_SYSTEM_NAME STREQUAL Linux"
    "COROUTINES HEYMILO_HAS_COROUTINES" "SIMDJSON HEYMILO_WITH_SIMDJSON")
  string(REPLACE " " ";" condition "${condition}")
  list(POP_FRONT condition need)
  if(${condition})
    list(APPEND heymilo_there ${need})
  endif()
endforeach()

# heymilo_has(<result> <need>...): whether all of these are available.
function(heymilo_has result)
  list(REMOVE_ITEM ARGN ${heymilo_there})
  if(ARGN)
    set(${result} OFF PARENT_SCOPE)
  else()
    set(${result} ON PARENT_SCOPE)
  endif()
endfunction()

# The tests of a folder are one program, which is the cheapest to build; ctest has one entry per file.
set(HEYMILO_QUICK_TESTS OFF CACHE BOOL "Of the tests only those that are done within a second each")

option(HEYMILO_SANITIZE_ALL_TESTS "With AddressSanitizer, the slow tests of databases and programs too" OFF)

set(HEYMILO_LEFT_OUT_TESTS "" CACHE STRING "Tests not to run, as GoogleTest's filters name them")

# heymilo_test(<file> [INTERNAL] [ALONE] [SLOW] [SERIAL] [THREADS] [CXX20] [NEEDS <need>...]
#              [PROGRAMS <program>...] [SOURCES <file>...] [LIBRARIES <target>...])
# Adds the tests in <file>_test.cpp, if everything that they NEED is available. They may include public
# headers and "support/…"; INTERNAL ones also private headers, from src/. Tests that take more than a second
# are SLOW, and not among the quick tests. SERIAL ones measure times: they are slow, no other tests run in
# parallel, and they do not run under sanitizers, where times are meaningless. THREADS marks tests of several
# threads: ThreadSanitizer, which is slow, runs these only. ALONE ones are a separate program, since they replace a
# function for all of it. PROGRAMS are built before, and are in HEYMILO_PROGRAMS_DIR. AddressSanitizer runs the
# SLOW tests that need PROGRAMS or POSTGRES only with HEYMILO_SANITIZE_ALL_TESTS: they take half of the time.
function(heymilo_test file)
  cmake_parse_arguments(PARSE_ARGV 1 test
    "INTERNAL;ALONE;SLOW;SERIAL;THREADS;CXX20" "" "NEEDS;PROGRAMS;SOURCES;LIBRARIES")
  if(test_PROGRAMS)
    list(APPEND test_NEEDS PROGRAMS)
  endif()
  heymilo_has(possible ${test_NEEDS})
  if(NOT possible
      OR (HEYMILO_QUICK_TESTS AND (test_SLOW OR test_SERIAL))
      OR (HEYMILO_SANITIZE AND test_SERIAL)
      OR (HEYMILO_SANITIZE STREQUAL "thread" AND NOT test_THREADS)
      OR (HEYMILO_SANITIZE MATCHES "address" AND NOT HEYMILO_SANITIZE_ALL_TESTS
        AND test_SLOW AND test_NEEDS MATCHES "POSTGRES|PROGRAMS"))
    return()
  endif()

  string(REGEX REPLACE "/.*" "" program "${file}")
  if(test_ALONE)
    string(REPLACE "/" "_" program "${file}")
  elseif(test_INTERNAL)
    string(APPEND program _internal)
  endif()
  if(test_CXX20)
    string(APPEND program _cxx20)
  endif()
  string(APPEND program _test)
  if(NOT TARGET ${program})
    heymilo_test_program(${program} "${test_INTERNAL}" "${test_CXX20}")
  endif()
  target_sources(${program} PRIVATE ${file}_test.cpp)
  get_target_property(sources ${program} SOURCES)
  foreach(source IN LISTS test_SOURCES)
    if(NOT source IN_LIST sources)
      target_sources(${program} PRIVATE ${source})
    endif()
  endforeach()
  if(test_PROGRAMS)
    add_dependencies(${program} ${test_PROGRAMS})
  endif()
  target_link_libraries(${program} PRIVATE ${test_LIBRARIES})

  # The test suites of the file, which its entry runs.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file}_test.cpp)
  file(STRINGS ${file}_test.cpp suites REGEX "^(TEST|TYPED_TEST)(_F|_P)?\\(")
  list(TRANSFORM suites REPLACE "^[A-Z_]+\\(([A-Za-z0-9_]+).*" "\\1")
  list(REMOVE_DUPLICATES suites)
  if(NOT suites)
    message(FATAL_ERROR "tests/${file}_test.cpp has no tests")
  endif()
  set(filter)
  foreach(suite IN LISTS suites)
    get_property(known TARGET ${program} PROPERTY heymilo_suites)
    if(suite IN_LIST known)
      message(FATAL_ERROR "${file}_test.cpp: ${program} has another test suite ${suite}: rename one")
    endif()
    set_property(TARGET ${program} APPEND PROPERTY heymilo_suites ${suite})
    list(APPEND filter "${suite}.*" "*/${suite}.*" "${suite}/*.*" "*/${suite}/*.*")
  endforeach()
  list(JOIN filter ":" filter)
  if(HEYMILO_LEFT_OUT_TESTS)
    string(APPEND filter "-${HEYMILO_LEFT_OUT_TESTS}")
  endif()
  add_test(NAME ${file} COMMAND ${program} "--gtest_filter=${filter}")
  set_tests_properties(${file} PROPERTIES TIMEOUT 600 RUN_SERIAL ${test_SERIAL})
  if(test_THREADS AND test_PROGRAMS)  # several processes of several threads, which have time limits
    set_tests_properties(${file} PROPERTIES PROCESSORS 2)
  endif()
endfunction()

# All test programs and what they start, without the programs and examples that no test needs.
add_custom_target(heymilo_tests)

function(heymilo_test_program program internal cxx20)
  add_executable(${program})
  add_dependencies(heymilo_tests ${program})
  target_include_directories(${program} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_compile_definitions(${program} PRIVATE
    HEYMILO_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    HEYMILO_TESTING_HTTP=$<BOOL:${HEYMILO_TESTING_HTTP}>
    HEYMILO_PROGRAMS_DIR="${HEYMILO_PROGRAMS_DIR}")
  target_link_libraries(${program} PRIVATE heymilo_test_support)
  if(internal)
    target_include_directories(${program} PRIVATE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${program} PRIVATE
      heymilo_testing_internals heymilo_internals CURL::libcurl)
  else()
    target_link_libraries(${program} PRIVATE heymilo_testing heymilo)
  endif()
  target_link_libraries(${program} PRIVATE
    ${heymilo_openssl} GTest::gmock_main Threads::Threads)
  heymilo_compile_options(${program} TEST)
  heymilo_unity(${program})
  if(cxx20)
    set_target_properties(${program} PROPERTIES CXX_STANDARD 20)
  else()
    target_precompile_headers(${program} REUSE_FROM heymilo_test_headers)
  endif()
endfunction()
