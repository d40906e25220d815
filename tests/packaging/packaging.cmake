# Checks of the installed and packaged files from outside: by compilers, linkers and package tools.

# heymilo_packaging_test(<name> [FIXTURE <fixture>] [SLOW] ARGUMENTS <argument>...): runs <name>.sh with the
# arguments.
function(heymilo_packaging_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "FIXTURE" "ARGUMENTS")
  add_test(NAME "packaging: ${name}"
    COMMAND "${PROJECT_SOURCE_DIR}/tests/packaging/${name}.sh" ${test_ARGUMENTS})
  set_tests_properties("packaging: ${name}" PROPERTIES
    FIXTURES_REQUIRED "${test_FIXTURE}"
    TIMEOUT 300)
endfunction()

set(work "${CMAKE_CURRENT_BINARY_DIR}/packaging")
file(MAKE_DIRECTORY "${work}")
set(prefix "${CMAKE_CURRENT_BINARY_DIR}/consumers/prefix")
get_target_property(json_include nlohmann_json::nlohmann_json INTERFACE_INCLUDE_DIRECTORIES)
list(GET json_include 0 json_include)  # the others are in it
heymilo_packaging_test(pkg_config FIXTURE heymilo_installed
  ARGUMENTS "${PROJECT_SOURCE_DIR}" "${prefix}" "${work}/pkg_config" "${CMAKE_CXX_COMPILER}")
heymilo_packaging_test(json_version FIXTURE heymilo_installed
  ARGUMENTS "${prefix}" "${work}/json_version" "${json_include}" "${CMAKE_CXX_COMPILER}")
heymilo_packaging_test(exported_symbols
  ARGUMENTS "$<TARGET_FILE:heymilo>" "${PROJECT_SOURCE_DIR}/include")
heymilo_packaging_test(dependencies
  ARGUMENTS "${PROJECT_SOURCE_DIR}" "${work}/dependencies" "${CMAKE_CXX_COMPILER}")
heymilo_packaging_test(newer_curl
  ARGUMENTS "${PROJECT_SOURCE_DIR}" "${work}/newer_curl" "${CMAKE_CXX_COMPILER}")
if(HEYMILO_DEBUG_INFORMATION)
  heymilo_packaging_test(abi ARGUMENTS check "$<TARGET_FILE:heymilo>")
endif()
if(HEYMILO_PACKAGES)
  heymilo_packaging_test(packages
    ARGUMENTS "${PROJECT_BINARY_DIR}" "${work}/packages" "${CMAKE_CXX_COMPILER}")
endif()
get_filename_component(compiler_name "${first_compiler}" NAME)
set(vendored "${CMAKE_CURRENT_BINARY_DIR}/consumers/add_subdirectory-${compiler_name}/heymilo")
heymilo_packaging_test(cost_of_use FIXTURE heymilo_vendored
  ARGUMENTS "${PROJECT_SOURCE_DIR}/include" "${vendored}/include" "${vendored}/src/libheymilo.a"
    "${first_compiler}")
