#!/usr/bin/env bash
# Says whether this checkout works on this machine: installs what is missing (with apt-get), builds the
# libraries, the mock server and the programs with the system's compiler, and runs the quick tests.
# Minutes the first time, seconds the second. The last line is the verdict. All of it is in build/.
#
#   tests/run.sh        that
#   tests/run.sh --all  every check there is: the format; all tests with g++ and a shared library (the
#                       consumer projects and the packages included), with clang++,
#                       AddressSanitizer and UndefinedBehaviorSanitizer (short fuzzing included),
#                       with clang++ and ThreadSanitizer, and, the quick ones only, with clang++ and
#                       libc++; the benchmarks, briefly, so that they don't rot; and the documentation.
#                       Half an hour on two quick cores, over an hour on two slow ones
#
# Not in it: the slow tests of databases and programs under AddressSanitizer (cmake --preset asan
# -DHEYMILO_SANITIZE_ALL_TESTS=ON); clang-tidy, ten minutes (cmake --preset lint && cmake --build --preset lint);
# the same on other releases (tests/releases.sh); the oldest dependencies (tests/minimums.sh); Windows
# (tests/windows.sh).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

failed=()
tests_run=0
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi

# step <what> <command>...: runs the command, and remembers whether it failed.
step() {
  local what=$1 began=$SECONDS
  shift
  printf '\n== %s\n' "$what"
  if "$@"; then
    printf -- '-- %s: good (%d s)\n' "$what" $((SECONDS - began))
  else
    printf -- '-- %s: FAILED (%d s)\n' "$what" $((SECONDS - began))
    failed+=("$what")
    return 1
  fi
}

check_format() {
  find include src tools examples benchmarks tests -name '*.hpp' -o -name '*.cpp' | sort |
    xargs clang-format --dry-run -Werror
}

# How many tests ctest has run: those within the programs of GoogleTest, and what else there is.
count_tests() {
  awk '/^\[==========\] [0-9]+ tests? from .* ran\./ {within += $2; ++programs}
       /^[0-9]+\/[0-9]+ Testing: / {++all}
       END {print within + all - programs}' "build/$1/Testing/Temporary/LastTest.log"
}

# The tests flush small files to the disk thousands of times. In memory that is two to three times quicker and
# shows the same, since processes are killed here, but no machine. Where there is no such memory, or too
# little, they use the usual directory.
use_memory() {
  local free
  free=$(df --output=fstype,avail /dev/shm 2>/dev/null | awk '$1 == "tmpfs" {print $2}')
  [ "${free:-0}" -ge 4000000 ] && memory=$(mktemp -d /dev/shm/heymilo.XXXXXX) || return 0
  trap 'rm -rf "$memory"' EXIT
  chmod 1777 "$memory"  # as /tmp: root's PostgreSQL servers run as another user
  printf '#!/bin/sh\n' >"$memory/program" && chmod +x "$memory/program"
  ! "$memory/program" 2>/dev/null || export TMPDIR=$memory
}

# The quick tests wait more than they compute.
run_tests() {
  local at_once=$jobs
  [ "$1" != quick ] || at_once=$((2 * jobs))
  ctest --preset "$1" --parallel "$at_once"
  local result=$?
  tests_run=$((tests_run + $(count_tests "$1")))
  return "$result"
}

# check <preset> [<option>...]: configures, builds and tests.
check() {
  step "configure $1" cmake --preset "$@" &&
    step "build $1" cmake --build --preset "$1" --parallel "$jobs" &&
    step "tests of $1" run_tests "$1"
}

verdict() {
  echo
  if [ ${#failed[@]} -gt 0 ]; then
    printf 'failed: %s\n' "${failed[@]}"
    echo "FAILED: ${#failed[@]} steps, after $tests_run tests and $SECONDS s"
    exit 1
  fi
  echo "PASSED: all steps, $tests_run tests, $SECONDS s"
  exit 0
}

use_memory
case "${1:-}" in
  '')
    step "install what is missing" scripts/install-dependencies.sh tests || verdict
    check quick
    ;;
  --all)
    step "install what is missing" scripts/install-dependencies.sh all || verdict
    step "format" check_format
    lld=(-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld)  # quicker: there are many programs to link
    check shared-gcc -DHEYMILO_CONSUMER_COMPILERS="g++;clang++" "${lld[@]}"
    check asan "${lld[@]}"
    check tsan "${lld[@]}"
    check libcxx -DHEYMILO_QUICK_TESTS=ON  # the others are about processes and time
    step "benchmarks, briefly" benchmarks/run.sh --brief
    step "documentation" docs/build.sh
    ;;
  *)
    echo "usage: $0 [--all]" >&2
    exit 2
    ;;
esac
verdict
