#!/usr/bin/env bash
# The messages about a missing dependency, and the effect of HEYMILO_FETCH_DEPS. Nothing is downloaded: the
# sources are already here, through FETCHCONTENT_SOURCE_DIR_*.
#   dependencies.sh SOURCE_DIR WORK_DIR CXX
set -euo pipefail
source=$1 work=$2 cxx=$3
rm -rf "$work"
mkdir -p "$work"

fail() {
  cat "$work/log"
  echo "FAILED: $*"
  exit 1
}

# configure <option>...: in the same build tree each time, to detect the compiler only once.
configure() {
  cmake -S "$source" -B "$work/build" -G Ninja -DCMAKE_CXX_COMPILER="$cxx" -DHEYMILO_WITH_SIMDJSON=ON \
    -U 'CMAKE_DISABLE_FIND_PACKAGE_*' -U 'HEYMILO_*' "$@" >"$work/log" 2>&1
}

# says <text>: whatever CMake's line breaks.
says() { tr -s ' \n' ' ' <"$work/log" | grep -qF -- "$1"; }

# missing <package> <Debian> <Fedora> <Homebrew> <vcpkg>
missing() {
  if configure -DCMAKE_DISABLE_FIND_PACKAGE_"$1"=ON -DHEYMILO_WITH_SIMDJSON=ON; then
    fail "configured without $1"
  fi
  says "apt-get install $2 " && says "dnf install $3 " && says "brew install $4 " &&
    says "vcpkg install $5 " || fail "no hint how to install $1"
  installed_by_script "$2"
}
# installed_by_script <Debian package>...
installed_by_script() {
  local package
  for package in "$@"; do
    sed -e '/^esac/q' -e 's/#.*//' "$source/scripts/install-dependencies.sh" |
      grep -E "(^|[ (])$package([ )]|\$)" >/dev/null ||
      fail "scripts/install-dependencies.sh does not install $package"
  done
}
missing CURL libcurl4-openssl-dev libcurl-devel curl curl
missing nlohmann_json nlohmann-json3-dev json-devel nlohmann-json nlohmann-json
missing simdjson libsimdjson-dev simdjson-devel simdjson simdjson
missing httplib libcpp-httplib-dev cpp-httplib-devel cpp-httplib cpp-httplib
missing SQLite3 libsqlite3-dev sqlite-devel sqlite sqlite3
says "HEYMILO_FETCH_DEPS=ON" && fail "SQLite must not be offered for download"
missing PostgreSQL libpq-dev libpq-devel libpq libpq
missing GTest libgmock-dev gmock-devel googletest gtest
missing OpenSSL libssl-dev openssl-devel openssl openssl
missing CLI11 libcli11-dev cli11-devel cli11 cli11

# A later version is not refused, although its package may refuse it, as those of curl (by its major version)
# and of simdjson (by its minor one) do. An earlier one is.
configure -DHEYMILO_WITH_SIMDJSON=ON || fail "it can't be configured"
system=$(sed -n 's/^simdjson_DIR:PATH=//p' "$work/build/CMakeCache.txt")
only_simdjson() {
  mkdir -p "$work/simdjson/lib/cmake/simdjson"
  cat >"$work/simdjson/lib/cmake/simdjson/simdjsonConfig.cmake" <<'END'
add_library(simdjson::simdjson INTERFACE IMPORTED)
END
  cat >"$work/simdjson/lib/cmake/simdjson/simdjsonConfigVersion.cmake" <<END
set(PACKAGE_VERSION $1)
if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
  set(PACKAGE_VERSION_EXACT TRUE)
endif()
END
  configure -DHEYMILO_WITH_SIMDJSON=ON -U simdjson_DIR -DCMAKE_PREFIX_PATH="$work/simdjson" \
    -DCMAKE_IGNORE_PATH="/usr${system#/usr};${system#/usr}"
}
only_simdjson 99.2.1 || fail "a later simdjson is refused"
if only_simdjson 2.9.9; then
  fail "configured with simdjson 2.9.9"
fi
says "heymilo needs simdjson 3.0 or later, and only 2.9.9 was found" || fail "the message lacks the simdjson version"
configure -DHEYMILO_WITH_SIMDJSON=ON -U simdjson_DIR -U CMAKE_PREFIX_PATH -U CMAKE_IGNORE_PATH || fail "the system's simdjson is not found"

# Found by name, not as a package: without it ThreadSanitizer would fail correct tests.
if configure -DHEYMILO_SANITIZE=thread -DHEYMILO_LLVM_SYMBOLIZER=; then
  fail "configured for ThreadSanitizer without llvm-symbolizer"
fi
says "apt-get install llvm " || fail "no hint how to install llvm-symbolizer"
installed_by_script llvm ca-certificates

if configure -DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON -DHEYMILO_FETCH_DEPS=ON; then
  fail "configured without libcurl"
fi
says "use your system's package" || fail "no reason why libcurl is not downloaded"

# The system's header replaces nlohmann/json, as a separate project.
mkdir "$work/json"
cat >"$work/json/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.18)
project(json LANGUAGES CXX)
add_library(nlohmann_json INTERFACE)
add_library(nlohmann_json::nlohmann_json ALIAS nlohmann_json)
target_include_directories(nlohmann_json INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}/include")
END
fetch=(-DHEYMILO_FETCH_DEPS=ON -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON
  -DFETCHCONTENT_SOURCE_DIR_NLOHMANN_JSON="$work/json")
mkdir "$work/json/include"
configure "${fetch[@]}" -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON \
  -DFETCHCONTENT_SOURCE_DIR_GTEST=/usr/src/googletest || fail "it can't be configured with downloads"
grep -q -- "-isystem $work/json/include" "$work/build/build.ninja" ||
  fail "the library is not compiled with what was downloaded"
grep -q "/usr/src/googletest/googlemock/include" "$work/build/build.ninja" ||
  fail "the tests are not compiled with what was downloaded"

if configure "${fetch[@]}" -DHEYMILO_INSTALL=ON; then
  fail "what was downloaded is to be installed"
fi
says "install them, or set HEYMILO_INSTALL to OFF" || fail "no reason why it can't be installed"

# Found first, then not downloaded.
configure -DHEYMILO_FETCH_DEPS=ON -DFETCHCONTENT_SOURCE_DIR_NLOHMANN_JSON="$work/json" ||
  fail "it can't be configured"
! says "downloading" || fail "an installed dependency is downloaded"

# The pins are complete: each address has a SHA-256.
urls=$(grep -c '_URL$' "$source/cmake/HeymiloFetch.cmake")
hashes=$(grep -cE '^  [0-9a-f]{64}\)$' "$source/cmake/HeymiloFetch.cmake")
[ "$urls" -ge 5 ] && [ "$urls" -eq "$hashes" ] || fail "$urls addresses and $hashes SHA-256"
echo "good"
