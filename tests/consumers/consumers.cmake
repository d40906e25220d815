# Builds and runs the consumer projects, each with its own build tree: against an installed copy
# that was moved after it was installed, and with this source tree vendored in two ways.

set(HEYMILO_CONSUMER_COMPILERS "${CMAKE_CXX_COMPILER}" CACHE STRING
  "The compilers that the consumer projects are built with")

set(prefix "${CMAKE_CURRENT_BINARY_DIR}/consumers/prefix")
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/consumers/install.cmake" "
  file(REMOVE_RECURSE \"${prefix}\" \"${prefix}-before\")
  execute_process(
    COMMAND \"${CMAKE_COMMAND}\" --install \"${PROJECT_BINARY_DIR}\" --prefix \"${prefix}-before\"
    RESULT_VARIABLE result)
  if(result)
    message(FATAL_ERROR \"The installation failed\")
  endif()
  file(RENAME \"${prefix}-before\" \"${prefix}\")")
add_test(NAME "consumers: install"
  COMMAND "${CMAKE_COMMAND}" -P "${CMAKE_CURRENT_BINARY_DIR}/consumers/install.cmake")
set_tests_properties("consumers: install" PROPERTIES FIXTURES_SETUP heymilo_installed)

# heymilo_consumer(<project> COMPILERS <compiler>... [FOLDER <of the project, where not here>]
#                  [FIXTURE <fixture>] [OPTIONS <option>...])
function(heymilo_consumer project)
  cmake_parse_arguments(PARSE_ARGV 1 consumer "" "FOLDER;FIXTURE" "COMPILERS;OPTIONS")
  if(NOT consumer_FOLDER)
    set(consumer_FOLDER "${CMAKE_CURRENT_SOURCE_DIR}/consumers/${project}")
  endif()
  foreach(compiler IN LISTS consumer_COMPILERS)
    get_filename_component(compiler_name "${compiler}" NAME)
    set(test "consumers: ${project}, ${compiler_name}")
    add_test(NAME "${test}"
      COMMAND "${CMAKE_CTEST_COMMAND}"
        --build-and-test
          "${consumer_FOLDER}"
          "${CMAKE_CURRENT_BINARY_DIR}/consumers/${project}-${compiler_name}"
        --build-noclean
        --build-generator "${CMAKE_GENERATOR}"
        --build-options
          "-DCMAKE_CXX_COMPILER=${compiler}"
          "-DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}"
          ${consumer_OPTIONS}
        --test-command "${CMAKE_CTEST_COMMAND}" --output-on-failure --no-tests=error)
    set_tests_properties("${test}" PROPERTIES
      FIXTURES_REQUIRED "${consumer_FIXTURE}"
      PROCESSORS 2
      TIMEOUT 600)
  endforeach()
endfunction()

list(GET HEYMILO_CONSUMER_COMPILERS 0 first_compiler)
list(GET HEYMILO_CONSUMER_COMPILERS -1 last_compiler)
if(TARGET heymilo_static)  # the first compiler with the shared one, the others with the static one
  set(other_compilers ${HEYMILO_CONSUMER_COMPILERS})
  list(REMOVE_AT other_compilers 0)
  heymilo_consumer(find_package COMPILERS ${first_compiler} FIXTURE heymilo_installed
    OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" -DEXPECTED_TYPE=SHARED_LIBRARY)
  heymilo_consumer(find_package COMPILERS ${other_compilers} FIXTURE heymilo_installed
    OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" -Dheymilo_SHARED_LIBS=OFF -DEXPECTED_TYPE=STATIC_LIBRARY)
else()
  heymilo_consumer(find_package COMPILERS ${HEYMILO_CONSUMER_COMPILERS}
    FIXTURE heymilo_installed OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}")
endif()
if(TARGET heymilo_testing)
  heymilo_consumer(fault_scenarios COMPILERS "${first_compiler}"
    FOLDER "${PROJECT_SOURCE_DIR}/examples/fault_scenarios"
    FIXTURE heymilo_installed OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}")
endif()
# Differences of a vendored copy are in CMake only: one compiler each, and one language version.
heymilo_consumer(add_subdirectory COMPILERS "${first_compiler}"
  OPTIONS "-DHEYMILO_SOURCE_DIR=${PROJECT_SOURCE_DIR}" "-DCONSUMER_STANDARDS=17")
heymilo_consumer(fetch_content COMPILERS "${last_compiler}"
  OPTIONS "-DHEYMILO_SOURCE_DIR=${PROJECT_SOURCE_DIR}" "-DCONSUMER_STANDARDS=17"
    "-DHEYMILO_PRECOMPILE_HEADERS=ON")  # the copy above shows that each file includes what it uses

# The size of an optimised static library in a program: the vendored copy is one.
if(TARGET heymilo_static)
  get_filename_component(compiler_name "${first_compiler}" NAME)
  set_tests_properties("consumers: add_subdirectory, ${compiler_name}" PROPERTIES
    FIXTURES_SETUP heymilo_vendored)
endif()
