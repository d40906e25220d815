#!/usr/bin/env bash
# Verifies the minimum versions in cmake/HeymiloMinimums.cmake: creates a bare root of each release that has
# them, and builds and tests HEAD in it with tests/minimums_here.sh. Ends with a table and a verdict, which is
# only good if a build has used each minimum version.
#
#   tests/minimums.sh [OPTION...] [RELEASE...]
#
#   RELEASE         bullseye (Debian 11) or jammy (Ubuntu 22.04); default: both, as both are needed
#   --roots FOLDER  for roots and logs, 3 GB at a time (default: heymilo-minimums in $TMPDIR, or in /var/tmp)
#
# Mirrors: $DEBIAN_MIRROR, or http://deb.debian.org/debian; $UBUNTU_MIRROR, or http://archive.ubuntu.com/ubuntu.
# Needs root, debootstrap, and a kernel that permits mounting and namespaces (in a container: a privileged
# one).
# Ends with 0 (all good), 1 (a release failed, or a claim was not built), 2 (usage, or something is missing).
set -uo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$checkout/tests/bare_root.sh"

releases=()
roots=${TMPDIR:-/var/tmp}/heymilo-minimums
keep=false cache=
while (($# > 0)); do
  case $1 in
    --help | -h)
      sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    --roots)
      (($# > 1)) || give_up "--roots needs a folder; see --help"
      roots=$2
      shift
      ;;
    bullseye | 11) releases+=(bullseye) ;;
    jammy | 22.04) releases+=(jammy) ;;
    *) give_up "'$1' is not a release (bullseye, jammy) or an option; see --help" ;;
  esac
  shift
done
((${#releases[@]} > 0)) || releases=(bullseye jammy)

check_bare_roots "${releases[@]}"
debian=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
ubuntu=${UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}

# Sets keyring to the keys of Ubuntu: the installed ones, or those of Debian 13's package, which Debian 12
# does not have.
find_ubuntu_keyring() {
  keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg
  [[ ! -e $keyring ]] || return 0
  local package=$roots/ubuntu-keyring.deb
  if ! wget --quiet -O "$package" "$debian/pool/main/u/ubuntu-keyring/ubuntu-keyring_2023.11.28.1-0.2_all.deb" ||
    ! sha256sum --check --status <<<"b2e7ed48431bf9e7978ae810bbdaf253093570d6e3f864e575b7c13554b81174  $package" ||
    ! dpkg-deb --extract "$package" "$roots/keyring"; then
    give_up "the keys of Ubuntu are not here: install the package ubuntu-keyring, of Debian 13 or of Ubuntu"
  fi
  keyring=$roots/keyring$keyring
}

run_release() {
  local options=() mirror=$debian keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  if [[ $release == jammy ]]; then
    mirror=$ubuntu
    options+=("--components=main,universe")
    find_ubuntu_keyring
  fi
  make_bare_root "$release" "$mirror" "$keyring" "${options[@]}" || return
  in_root tests/minimums_here.sh
}

declare -A built
failed=()
for release in "${releases[@]}"; do
  root=$roots/$release log=$roots/$release.log
  began=$SECONDS
  printf '%s: the log is %s\n' "$release" "$log"
  : >"$log"
  if run_release; then
    printf '%s: good (%d s): %s\n' "$release" $((SECONDS - began)) "$(grep 'tests passed' "$log" | paste -sd ';')"
    while read -r dependency version; do
      built[$release,$dependency]=$version
    done < <(sed -n 's/^built with //p' "$log")
  else
    printf '%s: FAILED (%d s)\n' "$release" $((SECONDS - began))
    tail -n 25 "$log" | sed 's/^/  | /'
    failed+=("$release")
  fi
  remove_root
done
rm -rf "$roots/keyring" "$roots/ubuntu-keyring.deb"

# claim <dependency> <version>: prints a line of the table.
claim() {
  local line shown=no version release
  line=$(printf '%-14s %-8s' "$1" "$2")
  for release in "${releases[@]}"; do
    version=${built[$release,$1]:--}
    line+=$(printf ' %-12s' "$version")
    [[ $version != "$2" && $version != "$2".* ]] || shown=yes
  done
  printf '%s %s\n' "$line" "$shown"
  [[ $shown == yes ]] || failed+=("$1 $2")
}
printf '\n%-14s %-8s' dependency minimum
printf ' %-12s' "${releases[@]}"
printf ' built\n'
claim g++ 10
claim CMake "$(sed -n 's/^cmake_minimum_required(VERSION \([0-9.]*[0-9]\)\.\.\..*/\1/p' "$checkout/CMakeLists.txt")"
while read -r dependency minimum; do
  [[ $dependency == simdjson ]] || claim "$dependency" "$minimum" # Debian 12 has it: tests/run.sh --all
done < <(sed -n 's/^set(heymilo_minimum_\(.*\) \(.*\))/\1 \2/p' "$checkout/cmake/HeymiloMinimums.cmake")

if ((${#failed[@]} > 0)); then
  printf 'FAILED: %s\n' "$(IFS=',' && echo "${failed[*]}")"
  exit 1
fi
printf 'PASSED\n'
