#!/usr/bin/env bash
# Checks everything: installs what is missing (with apt-get), checks the format, and builds and runs
# all tests three times: with g++ and a shared library (the consumer projects included), with clang++,
# AddressSanitizer and UndefinedBehaviorSanitizer (short fuzzing included), and with clang++ and
# ThreadSanitizer; then runs the benchmarks briefly, so that they don't rot. All of it is in build/, and
# quick the second time. The last line is the verdict.
# (clang-tidy takes ten minutes more: cmake --preset lint && cmake --build --preset lint)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

failed=()
tests_run=0
jobs=$(nproc 2>/dev/null || echo 2)
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
  find include src tests examples benchmarks docs -name '*.hpp' -o -name '*.cpp' | sort |
    xargs clang-format --dry-run -Werror
}

run_tests() {
  local log=build/$1/tests.log
  ctest --preset "$1" --parallel "$jobs" | tee "$log"
  local result=$? count
  count=$(sed -n 's/.*tests failed out of \([0-9]*\)$/\1/p' "$log")
  tests_run=$((tests_run + ${count:-0}))
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

step "install what is missing" scripts/install-dependencies.sh tests || verdict
step "format" check_format
lld=(-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld)  # quicker: there are many programs to link
check shared-gcc -DHEYMILO_CONSUMER_COMPILERS="g++;clang++" "${lld[@]}"
check asan "${lld[@]}"
check tsan "${lld[@]}"
step "benchmarks, briefly" benchmarks/run.sh --brief
step "documentation" docs/build.sh
verdict
