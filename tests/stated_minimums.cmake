# cmake -D SOURCE_DIR=<folder> -P stated_minimums.cmake
# Checks that files that can't read cmake/HeymiloMinimums.cmake state the same versions.
cmake_minimum_required(VERSION 3.18)
include("${SOURCE_DIR}/cmake/HeymiloMinimums.cmake")
set(minimum_CMake "${CMAKE_MINIMUM_REQUIRED_VERSION}")

# states(<file> <text>)
function(states file text)
  file(READ "${SOURCE_DIR}/${file}" content)
  string(FIND "${content}" "${text}" place)
  if(place EQUAL -1)
    message(SEND_ERROR "${file} does not state: ${text}")
  endif()
endfunction()

states(CMakeLists.txt "cmake_minimum_required(VERSION ${minimum_CMake}.")
states(conanfile.py "libcurl/[>=${heymilo_minimum_CURL} ")
states(conanfile.py "simdjson/[>=${heymilo_minimum_simdjson} ")
states(conanfile.py "cpp-httplib/[>=${heymilo_minimum_httplib} ")
states(conanfile.py "sqlite3/[>=${heymilo_minimum_SQLite3} ")
states(conanfile.py "libpq/[>=${heymilo_minimum_PostgreSQL} ")
foreach(file IN ITEMS README.md docs/building.md docs/cookbook/install.md)
  states(${file} "libcurl ${heymilo_minimum_CURL} or later")
  states(${file} "nlohmann/json ${heymilo_minimum_nlohmann_json} or later")
endforeach()
foreach(file IN ITEMS docs/building.md docs/cookbook/install.md)
  states(${file} "cpp-httplib ${heymilo_minimum_httplib} or later")
  states(${file} "SQLite ${heymilo_minimum_SQLite3} or later")
endforeach()
states(docs/building.md "CLI11 ${heymilo_minimum_CLI11} or later")
states(docs/building.md "GoogleTest ${heymilo_minimum_GTest} or later")
foreach(row IN ITEMS
    "CMake | ${minimum_CMake}"
    "libcurl | ${heymilo_minimum_CURL}"
    "nlohmann/json | ${heymilo_minimum_nlohmann_json}"
    "SQLite | ${heymilo_minimum_SQLite3}"
    "cpp-httplib | ${heymilo_minimum_httplib}"
    "CLI11 | ${heymilo_minimum_CLI11}"
    "GoogleTest | ${heymilo_minimum_GTest}"
    "simdjson | ${heymilo_minimum_simdjson}")
  states(docs/compatibility.md "| ${row} |")
endforeach()
