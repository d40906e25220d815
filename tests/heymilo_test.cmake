# heymilo_test(), and what all test programs have in common.

# What tests of private code link. A static library shows all its symbols. A shared one hides those
# that are not the API, so its objects are put into a static one too, and the mock server is linked
# with that instead of the shared one.
get_target_property(heymilo_type heymilo TYPE)
if(heymilo_type STREQUAL "STATIC_LIBRARY")
  add_library(heymilo_internals ALIAS heymilo)
  add_library(heymilo_testing_internals ALIAS heymilo_testing)
else()
  add_library(heymilo_internals STATIC $<TARGET_OBJECTS:heymilo>)
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

# What several tests need: tests/support/*.cpp. It uses only the public API.
set(support_sources loopback raw_client raw_connection raw_relay raw_server raw_stream)
if(UNIX)
  list(APPEND support_sources
    child_process http2 raw_tls running_process screen spawn tls_certificates)
else()
  list(APPEND support_sources raw_without_tls)
endif()
list(TRANSFORM support_sources REPLACE "(.+)" "support/\\1.cpp")
add_library(heymilo_test_support OBJECT ${support_sources})
target_include_directories(heymilo_test_support PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}")
target_link_libraries(heymilo_test_support PRIVATE heymilo GTest::gmock ${heymilo_openssl})
heymilo_compile_options(heymilo_test_support TEST)

# What most tests include, parsed once for all of them; CMAKE_DISABLE_PRECOMPILE_HEADERS does without,
# which shows whether each file includes what it uses. A program, since -fPIE must be the same.
file(CONFIGURE OUTPUT test_headers.cpp CONTENT "int main() {}\n")
add_executable(heymilo_test_headers EXCLUDE_FROM_ALL "${CMAKE_CURRENT_BINARY_DIR}/test_headers.cpp")
target_precompile_headers(heymilo_test_headers PRIVATE
  <gmock/gmock.h> <gtest/gtest.h> <heymilo/heymilo.hpp> <nlohmann/json.hpp>)
target_link_libraries(heymilo_test_headers PRIVATE heymilo GTest::gmock Threads::Threads)
heymilo_compile_options(heymilo_test_headers TEST)

# What a test can need, as far as it is there:
#   HTTP         a mock server on a port
#   PROGRAMS     the example programs (and HTTP, since they are tested with a mock server on a port)
#   POSIX        other processes, signals, file descriptors, limits of a process, TLS by OpenSSL
#   LINUX        /proc, /dev/full, or calls that only Linux has
#   PLAIN        no sanitizer, which has a pthread_create() of its own, or tells nothing new
#   COROUTINES   a compiler that has those of C++20
#   SIMDJSON     HEYMILO_WITH_SIMDJSON
set(heymilo_there)
foreach(condition IN ITEMS
    "HTTP HEYMILO_TESTING_HTTP" "PROGRAMS HEYMILO_BUILD_EXAMPLES AND HEYMILO_TESTING_HTTP" "POSIX UNIX"
    "LINUX CMAKE_SYSTEM_NAME STREQUAL Linux" "PLAIN NOT HEYMILO_SANITIZE"
    "COROUTINES HEYMILO_HAS_COROUTINES" "SIMDJSON HEYMILO_WITH_SIMDJSON")
  string(REPLACE " " ";" condition "${condition}")
  list(POP_FRONT condition need)
  if(${condition})
    list(APPEND heymilo_there ${need})
  endif()
endforeach()

# heymilo_has(<result> <need>...): whether all of these are there.
function(heymilo_has result)
  list(REMOVE_ITEM ARGN ${heymilo_there})
  if(ARGN)
    set(${result} OFF PARENT_SCOPE)
  else()
    set(${result} ON PARENT_SCOPE)
  endif()
endfunction()

# What tests/run.sh builds and runs: the tests with the label `quick`.
add_custom_target(quick_tests)

# heymilo_test(<stem> [INTERNAL] [SLOW] [SERIAL] [THREADS] [CXX20] [NEEDS <need>...]
#              [PROGRAMS <program>...] [SOURCES <file>...] [LIBRARIES <target>...])
# Makes <stem>_test.cpp a test program, where all that it NEEDS is there. It may include what is public and
# "support/…"; an INTERNAL one also what is private, from src/. One that takes more than a second is SLOW,
# and not among the quick tests. A SERIAL one measures times: it is slow, no other runs beside it, and
# it does not run under sanitizers, where times mean nothing. One with THREADS is about several threads at
# once: ThreadSanitizer, which is slow, runs these only. PROGRAMS are built before it, and found in
# HEYMILO_EXAMPLES_DIR.
function(heymilo_test stem)
  cmake_parse_arguments(PARSE_ARGV 1 test
    "INTERNAL;SLOW;SERIAL;THREADS;CXX20" "" "NEEDS;PROGRAMS;SOURCES;LIBRARIES")
  if(test_PROGRAMS)
    list(APPEND test_NEEDS PROGRAMS)
  endif()
  heymilo_has(possible ${test_NEEDS})
  if(NOT possible)
    return()
  endif()
  set(left_out OFF)
  if(HEYMILO_SANITIZE AND (test_SERIAL OR (HEYMILO_SANITIZE STREQUAL "thread" AND NOT test_THREADS)))
    set(left_out ON)
  endif()
  set(program ${stem}_test)
  add_executable(${program} ${stem}_test.cpp ${test_SOURCES})
  set_target_properties(${program} PROPERTIES EXCLUDE_FROM_ALL ${left_out})
  target_include_directories(${program} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_compile_definitions(${program} PRIVATE
    HEYMILO_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    HEYMILO_TESTING_HTTP=$<BOOL:${HEYMILO_TESTING_HTTP}>)
  if(test_PROGRAMS)
    add_dependencies(${program} ${test_PROGRAMS})
    target_compile_definitions(${program} PRIVATE
      HEYMILO_EXAMPLES_DIR="${PROJECT_BINARY_DIR}/examples")
  endif()
  target_link_libraries(${program} PRIVATE heymilo_test_support)
  if(test_INTERNAL)
    target_include_directories(${program} PRIVATE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${program} PRIVATE
      heymilo_testing_internals heymilo_internals CURL::libcurl)
  else()
    target_link_libraries(${program} PRIVATE heymilo_testing heymilo)
  endif()
  target_link_libraries(${program} PRIVATE
    ${test_LIBRARIES} ${heymilo_openssl} GTest::gmock_main Threads::Threads)
  heymilo_compile_options(${program} TEST)
  if(test_CXX20)
    set_target_properties(${program} PROPERTIES CXX_STANDARD 20)
  else()
    target_precompile_headers(${program} REUSE_FROM heymilo_test_headers)
  endif()
  if(left_out)
    return()
  endif()
  add_test(NAME ${stem} COMMAND ${program})
  set_tests_properties(${stem} PROPERTIES TIMEOUT 600 RUN_SERIAL ${test_SERIAL})
  if(NOT test_SLOW AND NOT test_SERIAL)
    set_tests_properties(${stem} PROPERTIES LABELS quick)
    add_dependencies(quick_tests ${program})
  endif()
endfunction()
