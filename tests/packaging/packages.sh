#!/usr/bin/env bash
# Builds the Debian packages, checks them with lintian (the package of static libraries, which takes minutes,
# only with HEYMILO_LINTIAN_ALL=1), installs them in an empty root, links a program with the installed files,
# runs it and the programs, and uninstalls: nothing must be left. Needs no root rights: it uses fakeroot.
#   packages.sh BUILD_DIR WORK_DIR CXX [FLAG...]
set -euo pipefail
build=$1 work=$2 cxx=$3
flags=("${@:4}" -std=c++17)
programs=$(cd "$(dirname "${BASH_SOURCE[0]}")/../consumers/programs" && pwd)
export PATH=$PATH:/usr/sbin:/sbin
rm -rf "$work"
mkdir -p "$work"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# Compressed by gzip, which is quicker than the default.
cpack --config "$build/CPackConfig.cmake" -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip -B "$work/packages" >"$work/cpack.log" 2>&1 || {
  cat "$work/cpack.log"
  fail "no packages"
}
mapfile -t packages < <(find "$work/packages" -maxdepth 1 -name '*.deb' | sort)
[ ${#packages[@]} -eq 3 ] || fail "not three packages: ${packages[*]}"
for package in "${packages[@]}"; do
  dpkg-deb --show --showformat='${Package} ${Version}\n  needs ${Depends}\n' "$package"
done
shown=()
for package in "${packages[@]}"; do
  if [ -n "${HEYMILO_LINTIAN_ALL:-}" ] || [[ $package != */libheymilo-dev_* ]]; then
    shown+=("$package")
  fi
done
lintian --fail-on error,warning "${shown[@]}" || fail "lintian"
# The system knows all dependencies by these names.
apt-get install --simulate "${packages[@]}" >"$work/apt.log" 2>&1 || {
  cat "$work/apt.log"
  fail "what they need can't be installed"
}

root=$work/root
mkdir -p "$root"/var/lib/dpkg/{info,triggers,updates}
touch "$root"/var/lib/dpkg/{status,available}
find "$root" | sort >"$work/before"
# in_root <option>...: dpkg, for the packages of that root. The root contains neither our dependencies nor a
# shell for the packages' scripts, which run outside; the ldconfig that they call must not be the system's.
mkdir "$work/bin"
printf '#!/bin/sh\nexit 0\n' >"$work/bin/ldconfig"
chmod +x "$work/bin/ldconfig"
in_root() {
  PATH=$work/bin:$PATH fakeroot dpkg --root="$root" --force-not-root --force-depends \
    --force-script-chrootless "$@" >>"$work/dpkg.log" 2>&1
}
in_root --install "${packages[@]}" || {
  cat "$work/dpkg.log"
  fail "dpkg"
}

pc=$(find "$root" -name heymilo.pc)
export PKG_CONFIG_PATH=${pc%/*}
LD_LIBRARY_PATH=$(pkg-config --variable=libdir heymilo)
export LD_LIBRARY_PATH
read -ra options <<<"$(pkg-config --cflags --libs heymilo-workflows)"
"$cxx" "${flags[@]}" "$programs/workflows.cpp" "${options[@]}" -o "$work/program"
"$work/program"
for tool in bulk-ingest ingest-candidate list-candidates mirror-candidates mock-server; do
  version=$("$root/usr/bin/heymilo-$tool" --version)
  [ "$version" = "heymilo-$tool $(pkg-config --modversion heymilo)" ] || fail "$tool is $version"
  zcat "$root/usr/share/man/man1/heymilo-$tool.1.gz" | grep -q '^\.SH ' || fail "$tool has no page"
done

mapfile -t names < <(for package in "${packages[@]}"; do dpkg-deb --field "$package" Package; done)
in_root --purge "${names[@]}" || {
  cat "$work/dpkg.log"
  fail "they can't be uninstalled"
}
left=$(find "$root" | sort | comm -13 "$work/before" - | grep -v "^$root/var/lib/dpkg" || true)
[ -z "$left" ] || fail "left behind: $left"
echo "installed, used and uninstalled: ${names[*]}"
