# The minimum version of each dependency: the oldest that tests/minimums.sh builds with; docs/compatibility.md
# lists them with the releases that have them. A newer one is never refused. Files that can't read this one
# repeat the versions: CMakeLists.txt (CMake itself), conanfile.py, README.md, docs/.
# tests/stated_minimums.cmake compares them.
set(heymilo_minimum_CURL 7.81)
set(heymilo_minimum_nlohmann_json 3.9.1)
set(heymilo_minimum_simdjson 3.0)
set(heymilo_minimum_httplib 0.10)
set(heymilo_minimum_SQLite3 3.34)
set(heymilo_minimum_CLI11 2.1)
set(heymilo_minimum_GTest 1.10)
set(heymilo_minimum_PostgreSQL 13)
