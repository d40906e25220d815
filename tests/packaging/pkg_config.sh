#!/usr/bin/env bash
# Programs that know nothing but pkg-config and the compiler: with the shared library, then with the
# static one from the same place, then from a place that has only the static one, by --static.
#   pkg_config.sh PREFIX WORK_DIR CXX [FLAG...]
set -euo pipefail
prefix=$1 work=$2 cxx=$3
flags=("${@:4}" -std=c++17)
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

# Both are there: the linker takes the shared one, unless it is told.
"$cxx" "$work/mock_server.o" "${libs[@]/%-lheymilo/-l:libheymilo.a}" -lcurl -o "$work/static"
! needs_shared "$work/static" || fail "the shared library is used"
"$work/static"

mkdir "$work/only-static"
cp -r "$prefix/." "$work/only-static"
find "$work/only-static" -name 'libheymilo.so*' -delete
PKG_CONFIG_PATH=$work/only-static/${pc_dir#"$prefix"/}
read -ra cflags <<<"$(pkg-config --static --cflags heymilo-workflows)"
[[ " ${cflags[*]} " = *" -DHEYMILO_STATIC_DEFINE "* ]] || fail "--static does not say so to the headers"
"$cxx" "${flags[@]}" "${cflags[@]}" -c "$programs/workflows.cpp" -o "$work/workflows.o"
read -ra libs <<<"$(pkg-config --static --libs heymilo-workflows)"
"$cxx" "$work/workflows.o" "${libs[@]}" -o "$work/workflows"
! needs_shared "$work/workflows" || fail "the shared library is used"
"$work/workflows"
