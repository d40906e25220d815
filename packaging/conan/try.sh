#!/usr/bin/env bash
# Builds the package from this working copy with Conan and, with it, the project in test_package: as a static
# and as a shared library.
#
#   packaging/conan/try.sh
#
# Needs Conan 2.4 or later (pipx install conan), CMake and a compiler. The packages land in Conan's cache
# ($CONAN_HOME, or .conan2 in the home directory); what Conan Center has no binary of is built.
set -euo pipefail

if [ $# -gt 0 ]; then
  sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
  [ "$1" = --help ] || exit 2
  exit 0
fi
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if ! command -v conan >/dev/null; then
  echo "Conan was not found. Install it: pipx install conan" >&2
  exit 1
fi
conan profile detect --exist-ok
for shared in False True; do
  conan create . --build=missing --settings:all compiler.cppstd=17 --options "heymilo/*:shared=$shared"
done
