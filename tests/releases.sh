#!/usr/bin/env bash
# Runs both commands of the README on Debian releases, as a new machine would: for each release it makes a
# bare root, clones this checkout's HEAD into it, runs examples/demo.sh and tests/run.sh there, then
# installs the library and builds and runs consumers of it, by CMake and by pkg-config. Ends with a table
# and a verdict.
#
#   tests/releases.sh [OPTION...] [RELEASE...]
#
#   RELEASE         bookworm (12), trixie (13) or sid (unstable); all three by default
#   --keep          keeps the roots; without it, only the logs stay
#   --roots FOLDER  where roots and logs go, about 7 GB at a time (default: heymilo-releases in $TMPDIR,
#                   or in /var/tmp)
#   --mirror URL    the Debian mirror (default: $DEBIAN_MIRROR, or http://deb.debian.org/debian)
#   --cache FOLDER  keeps the downloaded packages there for the next run
#
# Needs root, debootstrap, and a kernel that lets it mount and make namespaces (in a container: a privileged
# one). What is mounted and what runs in a root is in namespaces of its own, and gone with them, however the
# script ends. Ctrl-C ends it, and removes the root. Proxies of apt and of the environment (http_proxy, …) are
# those of the roots too.
# Ends with 0 (all good), 1 (a release failed), 2 (usage, or something is missing) or 130 (Ctrl-C).
set -uo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

# give_up <what happened>: for what no release can be run without.
give_up() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 2
}

releases=()
roots=${TMPDIR:-/var/tmp}/heymilo-releases
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
cache=
keep=false
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

check_what_is_needed() {
  [[ $(id -u) == 0 ]] ||
    give_up "only root may make roots and mount in them. Run it as root: sudo $0 …"
  local missing=() tool
  for tool in debootstrap:debootstrap git:git unshare:util-linux mount:mount; do
    command -v "${tool%:*}" >/dev/null || missing+=("${tool#*:}")
  done
  [[ -e $keyring ]] || missing+=(debian-archive-keyring)
  ((${#missing[@]} == 0)) ||
    give_up "not found: ${missing[*]}. On Debian or Ubuntu: apt-get install ${missing[*]}"
  unshare --mount --pid --fork --kill-child true ||
    give_up "this machine does not allow namespaces. In a container: run it with --privileged"
  mkdir -p "$roots" || give_up "$roots cannot be made; choose another with --roots FOLDER"
  roots=$(cd "$roots" && pwd)
  if [[ -n $cache ]]; then
    mkdir -p "$cache" || give_up "$cache cannot be made; choose another with --cache FOLDER"
    cache=$(cd "$cache" && pwd)
  fi
  if findmnt --noheadings --output OPTIONS --target "$roots" | grep -qE '(^|,)(nodev|noexec)(,|$)'; then
    give_up "$roots is mounted with nodev or noexec, where no root can be made; choose another with --roots FOLDER"
  fi
  local release
  for release in "${releases[@]}"; do
    [[ ! -e $roots/$release ]] ||
      give_up "$roots/$release is there already. Remove it (rm -r $roots/$release), or choose another with --roots FOLDER"
  done
  local changed
  changed=$(git -C "$checkout" status --porcelain) ||
    give_up "$checkout is not a git checkout that root may read; clone it as root, and run it there"
  if [[ -n $changed ]]; then
    printf 'Run is HEAD (%s); what is not committed is not in it.\n' \
      "$(git -C "$checkout" rev-parse --short HEAD)" >&2
  fi
}

# What runs now, and the root that is to be removed.
running=
root=

stop_running() {
  [[ -n $running ]] || return 0
  kill -KILL -- "-$running" 2>/dev/null # the namespaces end with it, and all that is in them
  wait "$running" 2>/dev/null
  running=
}
remove_root() {
  [[ -n $root && -d $root ]] || return 0
  if $keep; then
    printf 'Kept: %s\n' "$root"
  else
    local deadline=$((SECONDS + 30)) # what was killed may be on its last writes
    until rm -rf --one-file-system "$root" 2>/dev/null; do
      if ((SECONDS >= deadline)); then
        printf 'Not removed: %s; do it by: rm -r --one-file-system %s\n' "$root" "$root" >&2
        break
      fi
      sleep 0.1
    done
  fi
  root=
}
finish() {
  local code=$?
  trap - EXIT
  stop_running
  remove_root
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# run_apart <bash commands> <argument>...: runs them in namespaces of their own, as process 1 of theirs, so
# that nothing that they mount or start outlives them. They are a process group, so that Ctrl-C is this
# script's to handle, and that signals are not ignored from the start, as in a background command.
run_apart() {
  set -m
  unshare --mount --propagation private --pid --fork --kill-child bash -c "$1" _ "${@:2}" \
    </dev/null >>"$log" 2>&1 &
  running=$!
  set +m
  local code=0
  wait "$running" || code=$?
  running=
  return "$code"
}

# Mounts in the root what programs expect, then runs the command there.
mount_and_run='
  set -e
  root=$1 cache=$2
  mount -t proc proc "$root/proc"
  mkdir -p "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  [ -z "$cache" ] || mount --bind "$cache" "$root/var/cache/apt/archives"
  shift 2
  chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
  exit # not the last command, which bash would turn into
'
# in_root <command line>: runs it in the clone, with no more in its environment than a new login has.
in_root() {
  local variable proxies=()
  for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!variable:-} ]] || proxies+=("$variable=${!variable}")
  done
  run_apart "$mount_and_run" "$root" "${cache:+$cache/$release}" \
    "${proxies[@]}" bash -c "cd /root/heymilo && $1"
}

make_root() {
  local options=(--variant=minbase --keyring="$keyring")
  [[ $mirror != https:* ]] || options+=(--include=ca-certificates)
  if [[ -n $cache ]]; then
    mkdir -p "$cache/$release"
    options+=(--cache-dir="$cache/$release")
  fi
  local script=()
  [[ -e /usr/share/debootstrap/scripts/$release ]] || script=(/usr/share/debootstrap/scripts/sid)
  run_apart 'debootstrap "$@"; exit' "${options[@]}" "$release" "$root" "$mirror" "${script[@]}" || return
  # How apt reaches the mirror from here, it does from there.
  apt-config dump 2>/dev/null | grep -E '^Acquire::(https?::Proxy|Check-)' >"$root/etc/apt/apt.conf.d/90releases"
  if [[ $release == sid ]]; then # a mirror's copy of its index may be old
    echo 'Acquire::Check-Valid-Until "false";' >>"$root/etc/apt/apt.conf.d/90releases"
  fi
  git clone --quiet --no-local "$checkout" "$root/root/heymilo" >>"$log" 2>&1
}

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

# step <what> <command>...: runs it, says how long it took, and sets $took. The log has the rest.
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
    printf '%s: %s failed; the whole log is %s, which ends:\n' "$release" "$what" "$log" >&2
    tail -n 15 "$log" | sed 's/^/  | /' >&2
    return 1
  fi
}

# The version of what was built with, as the root says; "-" where it is not there.
version_in_root() {
  chroot "$root" env -i PATH=/usr/bin:/bin sh -c "$1" 2>/dev/null | head -n 1 | grep . || echo -
}

row='%-9s %-9s %-9s %-9s %-9s %-8s %8s %9s  %-9s %s\n'
table=$(printf "$row" release g++ libcurl nlohmann httplib CMake 'demo, s' 'tests, s' consumers 'tests/run.sh')
run_release() {
  release=$1 root=$roots/$1 log=$roots/$1.log
  local demo=- tests=- verdict=- consumer=- good=true
  : >"$log"
  if step 'a bare root' make_root; then
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

check_what_is_needed
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
