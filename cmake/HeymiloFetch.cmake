# The downloads of HEYMILO_FETCH_DEPS if find_package finds nothing: the versions that this library is tested
# with, by their SHA-256. libcurl, OpenSSL and SQLite are not included: a copy pinned here would never get a
# security update. SQLite has no CMake project either.

set(heymilo_fetch_nlohmann_json_URL
  "https://github.com/nlohmann/json/archive/refs/tags/v3.11.2.tar.gz")
set(heymilo_fetch_nlohmann_json_SHA256
  d69f9deb6a75e2580465c6c4c5111b89c4dc2fa94e3a85fcd2ffcd9a143d9273)
set(heymilo_fetch_nlohmann_json_OPTIONS JSON_BuildTests=OFF JSON_Install=OFF)
set(heymilo_fetch_nlohmann_json_TARGETS nlohmann_json)

set(heymilo_fetch_simdjson_URL
  "https://github.com/simdjson/simdjson/archive/refs/tags/v3.0.1.tar.gz")
set(heymilo_fetch_simdjson_SHA256
  156b1bc5eb0561b2bd166b46d191fd3d95a3e709cc63761477d3b7aec2b6e9ed)
set(heymilo_fetch_simdjson_OPTIONS SIMDJSON_DEVELOPER_MODE=OFF)
set(heymilo_fetch_simdjson_TARGETS simdjson)

set(heymilo_fetch_CLI11_URL
  "https://github.com/CLIUtils/CLI11/archive/refs/tags/v2.1.2.tar.gz")
set(heymilo_fetch_CLI11_SHA256
  26291377e892ba0e5b4972cdfd4a2ab3bf53af8dac1f4ea8fe0d1376b625c8cb)
set(heymilo_fetch_CLI11_OPTIONS
  CLI11_BUILD_TESTS=OFF CLI11_BUILD_EXAMPLES=OFF CLI11_BUILD_DOCS=OFF CLI11_INSTALL=OFF)
set(heymilo_fetch_CLI11_TARGETS CLI11)

set(heymilo_fetch_GTest_URL
  "https://github.com/google/googletest/archive/refs/tags/release-1.12.1.tar.gz")
set(heymilo_fetch_GTest_SHA256
  81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2)
set(heymilo_fetch_GTest_OPTIONS INSTALL_GTEST=OFF)
set(heymilo_fetch_GTest_TARGETS gtest gmock gmock_main)

set(heymilo_fetch_httplib_URL
  "https://github.com/yhirose/cpp-httplib/archive/refs/tags/v0.11.4.zip")
set(heymilo_fetch_httplib_SHA256
  9d884bee50ded17de3a51d673bb9c2d7d11f101c595b0891830ba9d02e0cc368)
set(heymilo_fetch_httplib_OPTIONS HTTPLIB_COMPILE=OFF)
set(heymilo_fetch_httplib_TARGETS httplib)

# heymilo_fetch(<package>): adds it to this build, if it is in the list above.
function(heymilo_fetch package)
  if(NOT DEFINED heymilo_fetch_${package}_URL)
    return()
  endif()
  message(STATUS "heymilo: downloading ${heymilo_fetch_${package}_URL}")
  foreach(option IN LISTS heymilo_fetch_${package}_OPTIONS)
    string(REGEX MATCH "^([^=]*)=(.*)$" option "${option}")
    set("${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}" CACHE INTERNAL "chosen by heymilo")
  endforeach()
  include(FetchContent)
  FetchContent_Declare(${package}
    URL "${heymilo_fetch_${package}_URL}"
    URL_HASH "SHA256=${heymilo_fetch_${package}_SHA256}")
  FetchContent_MakeAvailable(${package})
  foreach(target IN LISTS heymilo_fetch_${package}_TARGETS)
    # This project's warnings do not apply to its headers.
    get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
    set_target_properties(${target} PROPERTIES
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${directories}")
  endforeach()
  set_property(GLOBAL APPEND PROPERTY heymilo_fetched ${package})
endfunction()
