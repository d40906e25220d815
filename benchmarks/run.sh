#!/usr/bin/env bash
# Measures the library and its peers: installs the peers (Debian packages with apt-get; quicktype and
# openapi-generator with npm and java), builds everything, and runs it. The machine should be idle. About ten
# minutes.
#
#   benchmarks/run.sh [--brief] [RESULTS.md]
#
# --brief   a few seconds each, not optimised, without the generated peers: checks that everything runs; the
#           figures mean nothing
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

brief=()
build=build/benchmarks
packages=peers
options=(-DCMAKE_BUILD_TYPE=Release)
if [ "${1:-}" = --brief ]; then
  brief=(--brief)
  build=build/benchmarks-brief
  packages=benchmarks
  options=(-DCMAKE_BUILD_TYPE= -DHEYMILO_BUILD_WORKFLOWS=OFF)  # quick to build
  options+=(-DCMAKE_DISABLE_FIND_PACKAGE_cpprestsdk=ON)        # slow to build and to install
  shift
fi
results=${1:-$build/results.md}

scripts/install-dependencies.sh "$packages"
if [ ${#brief[@]} -eq 0 ]; then
  benchmarks/peers/generate.sh tests/contract/openapi.json "$build-peers" >&2
  options+=(-DHEYMILO_PEERS_DIR="$PWD/$build-peers")
fi
cmake -S . -B "$build" -G Ninja "${options[@]}" -DHEYMILO_BUILD_BENCHMARKS=ON \
  -DHEYMILO_BUILD_TESTS=OFF -DHEYMILO_BUILD_TOOLS=OFF -DHEYMILO_BUILD_EXAMPLES=OFF -DHEYMILO_INSTALL=OFF >&2
cmake --build "$build" >&2

requests=()
repetitions=(5)
codec=(--benchmark_min_time=0.2 --benchmark_repetitions=9
  --benchmark_enable_random_interleaving=true)
if [ ${#brief[@]} -gt 0 ]; then
  codec=(--benchmark_min_time=0.01)
  requests=(--requests 300)
  repetitions=(1)
fi

# section <title> <command>...: prints the command's table.
section() {
  local title=$1 output
  shift
  output=$("$@")  # not within printf, which would hide a failure
  printf '\n## %s\n\n```\n%s\n```\n' "$title" "$output"
}

bin=$build/benchmarks
{
  printf '# Measured on %s\n\n' "$(date -u +%F)"
  printf '`benchmarks/run.sh %s`, %s, ' "${brief[*]}" "$(c++ --version | head -n 1)"
  printf '%s processors (%s)\n\n' "$(nproc)" "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
  "$bin/codec_benchmark" "${codec[@]}"
  section 'Requests' "$bin/request_benchmark" "${requests[@]}"
  section 'Walks' "$bin/walk_benchmark" "${brief[@]}"
  section 'Side by side' "$bin/parallel_walk_benchmark" "${brief[@]}"
  section 'A shared quota' "$bin/quota_benchmark" "${brief[@]}"
  section 'A mock server' "$bin/mock_server_benchmark"
  section 'What a program pays' benchmarks/cost_of_use.sh "$build" "${repetitions[@]}"
  if [ ${#brief[@]} -eq 0 ]; then
    section 'Bulk ingestion' "$bin/bulk_ingest_benchmark"
    section 'Deletions that a mirror finds' "$bin/deletion_search_benchmark"
  fi
} | tee "$results"
echo "written to $results" >&2
