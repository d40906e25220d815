#!/usr/bin/env bash
# Programs that use only pkg-config and the compiler: with the shared library, then with the static one from
# the same prefix, then with a prefix that has only the static one: with the README's command and only the
# packages that it names, and with --static.
#   pkg_config.sh SOURCE_DIR PREFIX WORK_DIR CXX [FLAG...]
set -euo pipefail
source=$1 prefix=$2 work=$3 cxx=$4
flags=("${@:5}" -std=c++17)
programs=$(cd "$(dirname "${BASH_SOURCE[0]}")/../consumers/programs" && pwd)
rm -rf "$work"
mkdir -p "$work"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# needs_shared <program>: whether it loads the shared library.
needs_shared() { readelf -d "$1" | grep -q 'NEEDED.*libheymilo\.so'; }

pc_dir=$(dirname "$(find "$prefix" -name heymilo.pc)")
export PKG_CONFIG_PATH=$pc_dir
for module in heymilo heymilo-testing heymilo-workflows; do
  pkg-config --validate "$module"
done
[ "$(realpath "$(pkg-config --variable=prefix heymilo)")" = "$(realpath "$prefix")" ] ||
  fail "the prefix is $(pkg-config --variable=prefix heymilo), not $prefix"
libdir=$(realpath "$(pkg-config --variable=libdir heymilo)")

read -ra cflags <<<"$(pkg-config --cflags heymilo-testing)"
"$cxx" "${flags[@]}" "${cflags[@]}" -c "$programs/mock_server.cpp" -o "$work/mock_server.o"
read -ra libs <<<"$(pkg-config --libs heymilo-testing)"
"$cxx" "$work/mock_server.o" "${libs[@]}" "-Wl,-rpath,$libdir" -o "$work/shared"
needs_shared "$work/shared" || fail "the shared library is not used"
"$work/shared"

# Both are installed: the linker uses the shared one, unless told otherwise.
"$cxx" "$work/mock_server.o" "${libs[@]/%-lheymilo/-l:libheymilo.a}" -lcurl -o "$work/static"
! needs_shared "$work/static" || fail "the shared library is used"
"$work/static"

# The files for the shared library do not require the dependencies of the static one.
[[ " $(pkg-config --print-requires heymilo) " != *libcurl* ]] || fail "users of the shared library need libcurl"

# An installation of the static library alone: its pkg-config files are generated when a build of it is
# configured.
mkdir "$work/only-static"
cp -r "$prefix/." "$work/only-static"
find "$work/only-static" -name 'libheymilo.so*' -delete
cmake -S "$source" -B "$work/build" -DCMAKE_CXX_COMPILER="$cxx" -DBUILD_SHARED_LIBS=OFF \
  -DCMAKE_INSTALL_LIBDIR="$(dirname "${pc_dir#"$prefix"/}")" \
  -DHEYMILO_BUILD_TESTS=OFF -DHEYMILO_BUILD_TOOLS=OFF -DHEYMILO_BUILD_EXAMPLES=OFF >"$work/cmake.log" 2>&1 || {
  cat "$work/cmake.log"
  fail "a static build can't be configured"
}
static_pc=$work/only-static/${pc_dir#"$prefix"/}
cp "$work"/build/cmake/heymilo*.pc "$static_pc"

# links_with <program> <module> <package>...: compiles and links it with the README's command, while
# pkg-config has only these packages.
links_with() {
  local program=$1 module=$2 package dir flags_of_module
  shift 2
  mkdir -p "$work/pc-$program"
  for package in "$@"; do
    dir=$(pkg-config --variable=pcfiledir "$package")
    ln -s "$dir/$package.pc" "$work/pc-$program"
  done
  read -ra flags_of_module <<<"$(
    PKG_CONFIG_PATH=$static_pc PKG_CONFIG_LIBDIR=$work/pc-$program pkg-config --cflags --libs "$module"
  )"
  "$cxx" "${flags[@]}" "$programs/$program.cpp" "${flags_of_module[@]}" -o "$work/$program" ||
    fail "$program does not link with $module"
  [[ " ${flags_of_module[*]} " = *" -DHEYMILO_STATIC_DEFINE "* ]] ||
    fail "$module does not say to the headers that the library is static"
  ! needs_shared "$work/$program" || fail "the shared library is used"
  "$work/$program"
}
links_with client heymilo nlohmann_json libcurl
links_with workflows heymilo-workflows nlohmann_json libcurl sqlite3
links_with postgres heymilo-postgres nlohmann_json libcurl libpq libssl libcrypto  # as libpq.pc asks for
links_with mock_server heymilo-testing nlohmann_json libcurl \
  cpp-httplib openssl libssl libcrypto zlib libbrotlicommon libbrotlidec libbrotlienc

# A compiled cpp-httplib with a CMake package and without a pkg-config file, as its own build installs it.
mkdir -p "$work/httplib"
cat >"$work/httplib/httplibConfig.cmake" <<END
add_library(httplib::httplib SHARED IMPORTED)
set_target_properties(httplib::httplib PROPERTIES
  IMPORTED_CONFIGURATIONS RELEASE
  IMPORTED_LOCATION_RELEASE "$(pkg-config --variable=libdir cpp-httplib)/libcpp-httplib.so"
  INTERFACE_INCLUDE_DIRECTORIES "$(pkg-config --variable=includedir cpp-httplib)")
set(HTTPLIB_IS_USING_OPENSSL TRUE)
END
cmake -S "$source" -B "$work/build" -Dhttplib_DIR="$work/httplib" >"$work/cmake.log" 2>&1
cp "$work"/build/cmake/heymilo*.pc "$static_pc"
rm -r "$work/pc-mock_server"
links_with mock_server heymilo-testing nlohmann_json libcurl openssl libssl libcrypto

# A build whose libraries have longer names uses these.
cmake -S "$source" -B "$work/build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_DEBUG_POSTFIX=_d >"$work/cmake.log" 2>&1
[ "$(grep -h '^Libs: ' "$work"/build/cmake/heymilo*.pc | grep -oE -- '-lheymilo\w*' | sort | paste -sd' ')" = \
  '-lheymilo_d -lheymilo_postgres_d -lheymilo_testing_d -lheymilo_workflows_d' ] || fail "the names of debug libraries are wrong"

export PKG_CONFIG_PATH=$static_pc
read -ra cflags <<<"$(pkg-config --static --cflags heymilo-workflows)"
[[ " ${cflags[*]} " = *" -DHEYMILO_STATIC_DEFINE "* ]] || fail "--static does not say so to the headers"
read -ra libs <<<"$(pkg-config --static --libs heymilo-workflows)"
"$cxx" "${flags[@]}" "${cflags[@]}" "$programs/workflows.cpp" "${libs[@]}" -o "$work/static-workflows"
! needs_shared "$work/static-workflows" || fail "the shared library is used"
"$work/static-workflows"
