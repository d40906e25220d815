#!/usr/bin/env bash
# Builds the dependencies of a build for Windows with mingw-w64, static and of this Debian release: libcurl
# (TLS by Schannel, with zlib), SQLite, GoogleTest, cpp-httplib, CLI11 and nlohmann/json. Debian has a package
# of zlib for mingw-w64; the others are built from its source packages, or are headers.
#
#   scripts/mingw-dependencies.sh DIRECTORY    the prefix for CMake; quick if it is already complete
#
# Needs Debian, and installs missing packages with apt-get (the level "windows" of install-dependencies.sh).
# The system's list of sources is not changed.
set -euo pipefail

usage() { sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"; }
case "${1:-}" in
  --help | -h) usage; exit 0 ;;
  "" | -*) usage >&2; exit 2 ;;
esac

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/install-dependencies.sh" windows
mkdir -p "$1"
prefix=$(cd "$1" && pwd)
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
made="$prefix/made-on-$release"
if [ -f "$made" ]; then
  exit 0
fi

jobs=$(nproc 2>/dev/null || echo 2)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HEYMILO_MINGW_PREFIX=$prefix
toolchain=$root/cmake/mingw-w64.cmake

# Source packages, with a separate list of sources.
mkdir -p "$work/lists/partial" "$work/sources"
echo "deb-src http://deb.debian.org/debian $release main" >"$work/sources.list"
apt=(apt-get --quiet --quiet
  -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::State::lists="$work/lists" -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache=
  -o APT::Sandbox::User=root)
echo "Downloading the source packages of curl, sqlite3 and cpp-httplib ($release)" >&2
"${apt[@]}" update
(cd "$work/sources" && "${apt[@]}" source curl sqlite3 cpp-httplib >"$work/log" 2>&1) || {
  cat "$work/log" >&2
  exit 1
}

# cross <what> <source folder> <option>...: configures, builds and installs a CMake project.
cross() {
  local what=$1 source=$2
  shift 2
  echo "Building $what" >&2
  cmake -S "$source" -B "$work/$what" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$toolchain" \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" -DBUILD_SHARED_LIBS=OFF "$@" \
    >"$work/log" 2>&1 &&
    cmake --build "$work/$what" --parallel "$jobs" --target install >>"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    echo "$what could not be built." >&2
    exit 1
  }
}

cross curl "$(echo "$work"/sources/curl-*/)" \
  -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DHTTP_ONLY=ON \
  -DCURL_USE_SCHANNEL=ON -DCURL_ZLIB=ON -DCURL_USE_LIBPSL=OFF -DCURL_USE_LIBSSH2=OFF -DUSE_LIBIDN2=OFF
cross googletest /usr/src/googletest

# SQLite is one file, which the source package generates first.
echo "Building sqlite3" >&2
mkdir "$work/sqlite3"
(
  cd "$work/sqlite3"
  "$(echo "$work"/sources/sqlite3-*/configure)" --disable-tcl
  make sqlite3.c sqlite3.h
  x86_64-w64-mingw32-gcc-posix -O2 -c sqlite3.c
  x86_64-w64-mingw32-ar rcs "$prefix/lib/libsqlite3.a" sqlite3.o
  cp sqlite3.h "$prefix/include"
) >"$work/log" 2>&1 || {
  tail -n 40 "$work/log" >&2
  exit 1
}

# Headers only. Debian's installed httplib.h belongs to a compiled library.
cp "$work"/sources/cpp-httplib-*/httplib.h "$prefix/include"
for headers in nlohmann CLI; do
  cp -r "/usr/include/$headers" "$prefix/include"
done
for package in nlohmann_json CLI11; do
  for place in /usr/share/cmake /usr/lib/cmake "/usr/lib/$(uname -m)-linux-gnu/cmake"; do
    if [ -d "$place/$package" ]; then
      mkdir -p "$prefix/share/cmake"
      cp -r "$place/$package" "$prefix/share/cmake"
    fi
  done
done
touch "$made"
