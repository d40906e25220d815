#!/usr/bin/env bash
# libcurl's own CMake package, which vcpkg installs, and Conan's report version 8 as unsuitable if an older
# one is requested. The build accepts it nevertheless, and refuses one that is too old.
#   newer_curl.sh SOURCE_DIR WORK_DIR CXX
set -euo pipefail
source=$1 work=$2 cxx=$3
rm -rf "$work"

# curl_package <version>: a package like libcurl's, with this system's library.
curl_package() {
  local place=$work/curl-$1/lib/cmake/CURL
  mkdir -p "$place"
  cat >"$work/package.cmake" <<END
include(CMakePackageConfigHelpers)
write_basic_package_version_file("$place/CURLConfigVersion.cmake" VERSION $1
  COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
END
  cmake -P "$work/package.cmake"
  cat >"$place/CURLConfig.cmake" <<'END'
add_library(CURL::libcurl INTERFACE IMPORTED)
set_target_properties(CURL::libcurl PROPERTIES INTERFACE_LINK_LIBRARIES curl)
END
}

# As in vcpkg's wrapper of find_package(): only the package is accepted.
mkdir -p "$work"
cat >"$work/wrapper.cmake" <<'END'
macro(find_package name)
  if("${name}" STREQUAL "CURL")
    _find_package(${name} ${ARGN} CONFIG)
  else()
    _find_package(${name} ${ARGN})
  endif()
endmacro()
END

# configures <version>: the client alone, with that package.
configures() {
  curl_package "$1"
  cmake -S "$source" -B "$work/build-$1" -DCMAKE_CXX_COMPILER="$cxx" \
    -DCMAKE_PROJECT_INCLUDE_BEFORE="$work/wrapper.cmake" -DCURL_DIR="$work/curl-$1/lib/cmake/CURL" \
    -DHEYMILO_BUILD_TESTING=OFF -DHEYMILO_BUILD_WORKFLOWS=OFF -DHEYMILO_BUILD_TESTS=OFF \
    -DHEYMILO_BUILD_TOOLS=OFF -DHEYMILO_BUILD_EXAMPLES=OFF >"$work/$1.log" 2>&1
}

configures 8.9.1 || {
  cat "$work/8.9.1.log" >&2
  echo "libcurl 8 was refused" >&2
  exit 1
}
if configures 7.79.0; then
  echo "libcurl 7.79 was accepted, but is too old" >&2
  exit 1
fi
tr -s ' \n' ' ' <"$work/7.79.0.log" | grep -q 'needs CURL [0-9.]* or later, and only 7.79.0 was found' || {
  cat "$work/7.79.0.log" >&2
  echo "The message does not say that libcurl is too old" >&2
  exit 1
}
