#!/usr/bin/env bash
# Runs both commands of the README on Debian releases, like a new machine: for each release it creates a bare
# root, clones this checkout's HEAD into it, runs examples/demo.sh and tests/run.sh there, then installs the
# library and builds and runs consumers of it, with CMake and with pkg-config. Ends with a table and a
# verdict.
#
#   tests/releases.sh [OPTION...] [RELEASE...]
#
#   RELEASE         bookworm (12), trixie (13) or sid (unstable); all three by default
#   --keep          keeps the roots; by default only the logs are kept
#   --roots FOLDER  for roots and logs, about 7 GB at a time (default: heymilo-releases in $TMPDIR,
#                   or in /var/tmp)
#   --mirror URL    the Debian mirror (default: $DEBIAN_MIRROR, or http://deb.debian.org/debian)
#   --cache FOLDER  keeps the downloaded packages there for the next run
#
# Needs root, debootstrap, and a kernel that permits mounting and namespaces (in a container: a privileged
# one). Ctrl-C ends it, and removes the root. The roots use the proxies of apt and of the environment
# (http_proxy, …).
# Ends with 0 (all good), 1 (a release failed), 2 (usage, or something is missing) or 130 (Ctrl-C).
set -uo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$checkout/tests/bare_root.sh"

usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

releases=()
roots=${TMPDIR:-/var/tmp}/heymilo-releases
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
cache=
keep=false
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
while (($# > 0)); do
  case $1 in
    --help | -h)
      usage
      exit 0
      ;;
    --keep) keep=true ;;
    --roots | --mirror | --cache)
      (($# > 1)) || give_up "$1 needs a value; see --help"
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    bookworm | 12) releases+=(bookworm) ;;
    trixie | 13) releases+=(trixie) ;;
    sid | unstable) releases+=(sid) ;;
    *) give_up "'$1' is not a release (bookworm, trixie, sid) or an option; see --help" ;;
  esac
  shift
done
((${#releases[@]} > 0)) || releases=(bookworm trixie sid)

install_library='cmake --preset release && cmake --build --preset release --parallel "$(nproc)" &&
  cmake --install build/release'
use_by_cmake='cmake -S tests/consumers/find_package -B build/consumer -G Ninja "-DCONSUMER_STANDARDS=17;23" &&
  cmake --build build/consumer --parallel "$(nproc)" &&
  ctest --test-dir build/consumer --output-on-failure --no-tests=error'
use_by_pkg_config='for use in client:heymilo mock_server:heymilo-testing workflows:heymilo-workflows; do
    program=tests/consumers/programs/${use%:*}
    c++ -std=c++17 "$program.cpp" $(pkg-config --cflags --libs "${use#*:}") -o "build/${use%:*}" &&
      "build/${use%:*}" || exit
  done
  heymilo-list-candidates --version'

# step <what> <command>...: runs it, reports how long it took, and sets $took. The log has the details.
step() {
  local what=$1 began=$SECONDS
  shift
  printf '\n== %s\n' "$what" >>"$log"
  if "$@"; then
    took=$((SECONDS - began))
    printf '%-9s %-28s %5d s\n' "$release" "$what" "$took"
  else
    took="FAILED"
    printf '%-9s %-28s %5d s  FAILED\n' "$release" "$what" $((SECONDS - began))
    printf '%s: %s failed; the log is %s; its last lines:\n' "$release" "$what" "$log" >&2
    tail -n 15 "$log" | sed 's/^/  | /' >&2
    return 1
  fi
}

# The version used by the build, from the root; "-" if unknown.
version_in_root() {
  chroot "$root" env -i PATH=/usr/bin:/bin sh -c "$1" 2>/dev/null | head -n 1 | grep . || echo -
}

row='%-9s %-9s %-9s %-9s %-9s %-8s %8s %9s  %-9s %s\n'
table=$(printf "$row" release g++ libcurl nlohmann httplib CMake 'demo, s' 'tests, s' consumers 'tests/run.sh')
run_release() {
  release=$1 root=$roots/$1 log=$roots/$1.log
  local demo=- tests=- verdict=- consumer=- good=true
  : >"$log"
  if step 'a bare root' make_bare_root "$release" "$mirror" "$keyring"; then
    step 'examples/demo.sh' in_root examples/demo.sh || good=false
    demo=$took
    step 'tests/run.sh' in_root tests/run.sh || good=false
    tests=$took
    verdict=$(grep -E '^(PASSED|FAILED): ' "$log" | tail -n 1)
    if step 'install the library' in_root "$install_library" &&
      step 'use it by find_package' in_root "$use_by_cmake" &&
      step 'use it by pkg-config' in_root "$use_by_pkg_config"; then
      consumer=good
    else
      consumer=FAILED good=false
    fi
    table+=$'\n'$(printf "$row" "$release" \
      "$(version_in_root 'g++ -dumpfullversion')" \
      "$(version_in_root 'pkg-config --modversion libcurl')" \
      "$(version_in_root 'pkg-config --modversion nlohmann_json')" \
      "$(version_in_root 'pkg-config --modversion cpp-httplib')" \
      "$(version_in_root 'cmake --version | cut -d " " -f 3')" \
      "$demo" "$tests" "$consumer" "${verdict:--}")
  else
    good=false
    table+=$'\n'$(printf "$row" "$release" - - - - - - - - 'no root')
  fi
  remove_root
  $good || failed+=("$release")
}

check_bare_roots "${releases[@]}"
if [[ -n $cache ]]; then
  mkdir -p "$cache" || give_up "$cache cannot be made; choose another with --cache FOLDER"
  cache=$(cd "$cache" && pwd)
fi
failed=()
printf 'Logs: %s/RELEASE.log\n' "$roots"
for name in "${releases[@]}"; do
  run_release "$name"
done
printf '\n%s\n' "$table"
if ((${#failed[@]} > 0)); then
  printf 'FAILED: %s\n' "${failed[*]}"
  exit 1
fi
printf 'PASSED: %s\n' "${releases[*]}"
