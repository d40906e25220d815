#!/usr/bin/env bash
# Compares the shared library with the binary interface of the last release, stored in packaging/abi: nothing
# may be removed or changed. Additions are not reported.
#   abi.sh check LIBRARY    compares
#   abi.sh renew LIBRARY    stores the library's interface: for a release with another SOVERSION, or
#                           to add the additions of a compatible release
# LIBRARY must be built with HEYMILO_DEBUG_INFORMATION.
set -euo pipefail
what=$1 library=$2
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
soname=$(readelf -d "$library" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
stored=$project/packaging/abi/$soname.abi.xz

# Functions and types that no public header declares (--headers-dir) are not part of the interface.
dump() {
  abidw --headers-dir "$project/include" --drop-private-types --no-corpus-path --no-comp-dir-path \
    --no-show-locs "$library"
}

# The virtual functions of the classes for derivation, with their positions in the table. Pure ones have no
# symbol, and abidiff does not compare functions without a symbol.
virtual_functions() {
  awk '
    /<member-function/ {
      place = match($0, /vtable-offset=.[-0-9]+/) ? substr($0, RSTART + 15, RLENGTH - 15) : ""
    }
    /<function-decl/ && place != "" {
      match($0, /mangled-name=.[^\047]*/)
      print substr($0, RSTART + 14, RLENGTH - 14), place
      place = ""
    }' "$1" | c++filt | grep -E '^heymilo::(Clock|Transport|NonBlockingTransport)::' | sort -u
}

case "$what" in
  check)
    if [ ! -f "$stored" ]; then
      echo "FAILED: the interface of $soname is not stored: $0 renew $library"
      exit 1
    fi
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    xz --decompress --stdout "$stored" >"$work/stored.abi"
    # Both are what dump() gives. Where abidiff itself is to drop what no public header declares, it drops
    # the types of the stored interface, which has no source locations, and every change with them.
    dump >"$work/now.abi"
    abidiff --no-added-syms "$work/stored.abi" "$work/now.abi" || {
      echo "FAILED: programs built with the last release would break. If this is intended, the"
      echo "version in version.hpp needs another SOVERSION; then: $0 renew $library"
      exit 1
    }
    # It must find a class of another size.
    sed "/<class-decl name='Headers' /s/size-in-bits='[0-9]*'/size-in-bits='64'/" "$work/stored.abi" \
      >"$work/other.abi"
    if cmp -s "$work/stored.abi" "$work/other.abi" ||
      abidiff --no-added-syms "$work/other.abi" "$work/now.abi" >"$work/difference.txt"; then
      echo "FAILED: abidiff does not see that a class has another size: the comparison says nothing"
      exit 1
    fi
    virtual_functions "$work/stored.abi" >"$work/stored.txt"
    virtual_functions "$work/now.abi" >"$work/now.txt"
    [ -s "$work/stored.txt" ] && diff "$work/stored.txt" "$work/now.txt" || {
      echo "FAILED: classes derived from these would break (the number is the position in the table)"
      exit 1
    }
    echo "compatible with the stored $soname"
    ;;
  renew)
    dump | xz -9 >"$stored"
    ;;
  *)
    exit 2
    ;;
esac
