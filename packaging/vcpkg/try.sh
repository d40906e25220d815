#!/usr/bin/env bash
# Builds the port from this working copy with vcpkg, and then a project that uses it: its tests/consumers.
#
#   packaging/vcpkg/try.sh
#
# Needs vcpkg, in $VCPKG_ROOT, in $VCPKG_INSTALLATION_ROOT (as on GitHub's runners) or in PATH, and what vcpkg
# needs: CMake, a compiler and, elsewhere than on Windows, curl, zip, unzip and tar. What it builds is in
# build/vcpkg-port.
set -euo pipefail

if [ $# -gt 0 ]; then
  sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
  [ "$1" = --help ] || exit 2
  exit 0
fi
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=${VCPKG_ROOT:-${VCPKG_INSTALLATION_ROOT:-}}
if [ -z "$root" ] && command -v vcpkg >/dev/null; then
  root=$(dirname "$(readlink -f "$(command -v vcpkg)")")
fi
if [ ! -e "$root/scripts/buildsystems/vcpkg.cmake" ]; then
  echo "vcpkg was not found. Clone https://github.com/microsoft/vcpkg, bootstrap it and set VCPKG_ROOT." >&2
  exit 1
fi
build=$PWD/build/vcpkg-port

# The ports' own names are not asked for by a manifest: vcpkg's classic mode, away from this folder's
# vcpkg.json. --editable: the port's sources are this working copy, of which a cached package knows nothing.
mkdir -p "$build"
(
  cd "$build"
  "$root/vcpkg" install 'heymilo[testing,workflows]' --editable --recurse \
    --overlay-ports="$OLDPWD/packaging/vcpkg" --x-install-root="$build/installed"
)

# --config is for generators with several, Visual Studio's among them; the others go by CMAKE_BUILD_TYPE.
cmake -S tests/consumers/find_package -B "$build/consumer" \
  -DCMAKE_TOOLCHAIN_FILE="$root/scripts/buildsystems/vcpkg.cmake" -DVCPKG_MANIFEST_MODE=OFF \
  -DVCPKG_INSTALLED_DIR="$build/installed" -DCMAKE_BUILD_TYPE=Release
cmake --build "$build/consumer" --config Release --parallel
ctest --test-dir "$build/consumer" -C Release --output-on-failure --no-tests=error
