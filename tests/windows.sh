#!/usr/bin/env bash
# Builds everything for Windows with mingw-w64 and runs it in Wine: the tests that do not need POSIX (see
# tests/CMakeLists.txt), then the programs: a mock server, the ingestion of a file of people, and the
# resulting list. TLS is Schannel's; the other dependencies are built from this Debian release's sources.
#
#   tests/windows.sh               configures, builds, runs; everything is in build/mingw
#   tests/windows.sh --programs    runs the programs only, built before
#
# Needs Debian, and installs missing packages with apt-get. Wine replaces Windows: the run shows that the code
# compiles, links and works with the Windows API, not that Windows behaves the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

programs_only=
case "${1:-}" in
  "") ;;
  --programs) programs_only=yes ;;
  *)
    sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
    [ "$1" = --help ] || exit 2
    exit 0
    ;;
esac

build=$PWD/build/mingw
jobs=$(nproc 2>/dev/null || echo 2)
export WINEDEBUG=-all WINEARCH=win64 WINEPREFIX=$build/wine
export WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe="  # prevents download prompts
PATH=$PATH:/usr/lib/wine

work=
server=
finish() {
  local code=$?
  trap - EXIT
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  [ -z "$work" ] || rm -rf "$work"
  # Ends only the Wine processes of this prefix.
  wineserver64 --kill 2>/dev/null || true
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ -z "$programs_only" ]; then
  scripts/mingw-dependencies.sh build/mingw-deps
  # Excluded in Wine: it does not report a connection reset, and is too slow for three tests of times. This
  # cpp-httplib is header-only, without zlib.
  left_out="MockServerScript.Resets:MockServerRouting.CompressesWhenThatIsOnAndAccepted"
  left_out+=":MockServerRateWindow.NeverLets*:NonBlocking.KeepsToTheDeadline:Quota.NoWindowOfTheServer*"
  cmake --preset mingw -DHEYMILO_LEFT_OUT_TESTS="$left_out"
  cmake --build --preset mingw --parallel "$jobs"
fi
mkdir -p "$WINEPREFIX"
echo "Preparing Wine" >&2
wine64 wineboot --init >/dev/null 2>&1 </dev/null
if [ -z "$programs_only" ]; then
  ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$jobs"
fi

# program NAME ARGUMENT...: runs one of the programs.
program() {
  local name=$1
  shift
  wine64 "$build/bin/$name.exe" "$@"
}

fail() {
  echo "FAILED: $1" >&2
  tail -n 20 "$work"/*.txt >&2
  exit 1
}

work=$(mktemp -d)
people=examples/data/people.ndjson
export HEYMILO_API_KEY=demo-key
program mock_server --api-key "$HEYMILO_API_KEY" --posting demo >"$work/url.txt" 2>"$work/server.txt" &
server=$!
tries=0
until [ -s "$work/url.txt" ]; do  # for half a minute: Wine needs a second or more to start
  kill -0 "$server" 2>/dev/null || fail "the mock server has ended"
  ((++tries < 300)) || fail "the mock server has not said where it listens"
  sleep 0.1
done
HEYMILO_BASE_URL=$(tr -d '\r' <"$work/url.txt")
export HEYMILO_BASE_URL

ingest() {
  program bulk_ingest demo "$people" --journal "$work/people.journal" --settle 1 --quiet \
    >"$work/ingest.txt" 2>&1 || fail "bulk_ingest ended with $?"
}
listed() { program list_candidates demo --format json 2>"$work/list.txt" | wc -l; }

expected=$(wc -l <"$people")
ingest
[ "$(listed)" -eq "$expected" ] || fail "after bulk_ingest there should be $expected candidates"
ingest  # the same command again: everything is in the journal
[ "$(listed)" -eq "$expected" ] || fail "after bulk_ingest again there should be $expected candidates"
program mirror_candidates demo --database "$work/mirror.db" >"$work/mirror.txt" 2>&1 ||
  fail "mirror_candidates ended with $?"
[ -s "$work/mirror.db" ] || fail "mirror_candidates has made no database"
echo "PASSED: ${programs_only:+without the tests, }$expected people ingested, each once, by programs for Windows"
