# Bare roots of Debian and Ubuntu releases, each a new machine: sourced by releases.sh and minimums.sh.
# Needs root, debootstrap, and a kernel that permits mounting and creating namespaces (in a container: a
# privileged one). Mounts and processes of a root are in separate namespaces, and end with them, however the
# script ends.
#
# Expects: checkout, the project's directory; roots, the directory of the roots and logs; log, the output file
# of commands; keep, true to keep the roots; cache, a directory for packages, or empty.

running=  # the running process group
root=     # the root to remove

# give_up <what happened and what to do>: ends the script, if no release can run.
give_up() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 2
}

# check_bare_roots <release>...: reports missing tools, and creates the directory of the roots.
check_bare_roots() {
  [[ $(id -u) == 0 ]] ||
    give_up "only root may make roots and mount in them. Run it as root: sudo $0 …"
  local missing=() tool release
  for tool in debootstrap:debootstrap git:git unshare:util-linux mount:mount wget:wget; do
    command -v "${tool%:*}" >/dev/null || missing+=("${tool#*:}")
  done
  [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || missing+=(debian-archive-keyring)
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
  for release in "$@"; do
    [[ ! -e $roots/$release ]] ||
      give_up "$roots/$release is there already. Remove it (rm -r $roots/$release), or choose another with --roots FOLDER"
  done
  local changed
  changed=$(git -C "$checkout" status --porcelain) ||
    give_up "$checkout is not a git checkout that root may read; clone it as root, and run it there"
  if [[ -n $changed ]]; then
    printf 'HEAD (%s) is run, without uncommitted changes.\n' \
      "$(git -C "$checkout" rev-parse --short HEAD)" >&2
  fi
}

stop_running() {
  [[ -n $running ]] || return 0
  kill -KILL -- "-$running" 2>/dev/null # its namespaces and their contents end with it
  wait "$running" 2>/dev/null
  running=
}

remove_root() {
  [[ -n $root && -d $root ]] || return 0
  if $keep; then
    printf 'Kept: %s\n' "$root"
  else
    local deadline=$((SECONDS + 30)) # killed processes may still be writing
    until rm -rf --one-file-system "$root" 2>/dev/null; do
      if ((SECONDS >= deadline)); then
        printf 'Not removed: %s; remove it with: rm -r --one-file-system %s\n' "$root" "$root" >&2
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

# run_apart <bash commands> <argument>...: runs them in separate namespaces, as process 1 there: none of their
# mounts and processes outlive them. They are a process group: this script handles Ctrl-C, and signals are not
# ignored from the start, as in a background command.
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

# make_bare_root <release> <mirror> <keyring> [<option of debootstrap>...]: creates $root, with a clone of
# HEAD in /root/heymilo.
make_bare_root() {
  local release=$1 mirror=$2 keyring=$3
  local options=(--variant=minbase --keyring="$keyring" "${@:4}") script=()
  [[ $mirror != https:* ]] || options+=(--include=ca-certificates)
  if [[ -n $cache ]]; then
    mkdir -p "$cache/$release"
    options+=(--cache-dir="$cache/$release")
  fi
  [[ -e /usr/share/debootstrap/scripts/$release ]] || script=(/usr/share/debootstrap/scripts/sid)
  run_apart 'debootstrap "$@"; exit' "${options[@]}" "$release" "$root" "$mirror" "${script[@]}" || return
  # apt in the root reaches the mirror in the same way as here.
  apt-config dump 2>/dev/null | grep -E '^Acquire::(https?::Proxy|Check-)' >"$root/etc/apt/apt.conf.d/90heymilo"
  if [[ $release == sid ]]; then # a mirror's index may be old
    echo 'Acquire::Check-Valid-Until "false";' >>"$root/etc/apt/apt.conf.d/90heymilo"
  fi
  git clone --quiet --no-local "$checkout" "$root/root/heymilo" >>"$log" 2>&1
}

# Mounts the file systems that programs expect in the root, then runs the command there.
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
  exit # without it, bash would exec the last command
'

# in_root <command line>: runs it in the clone, with the environment of a new login, plus the proxies of this
# machine.
in_root() {
  local variable proxies=()
  for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!variable:-} ]] || proxies+=("$variable=${!variable}")
  done
  run_apart "$mount_and_run" "$root" "${cache:+$cache/${root##*/}}" \
    "${proxies[@]}" bash -c "cd /root/heymilo && $1"
}
