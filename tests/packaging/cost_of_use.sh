#!/usr/bin/env bash
# Limits the cost of use by countable figures: the number of files that a compiler opens for client.hpp and
# the amount of text, compared with nlohmann/json.hpp alone, which it includes; and the size of a small
# program. benchmarks/cost_of_use.sh measures the same, and the time.
#   cost_of_use.sh INCLUDE_DIR GENERATED_INCLUDE_DIR LIBRARY CXX
# LIBRARY: the static one of a release build.
set -euo pipefail
include=$1 generated=$2 library=$3 cxx=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c++17 -O2 -DHEYMILO_STATIC_DEFINE "-I$include" "-I$generated")
failed=0

# at_most <what> <found> <limit>
at_most() {
  echo "$1: $2 (at most $3)"
  if [ "$2" -gt "$3" ]; then
    echo "FAILED: more than in docs/benchmarks.md; if this is intended, change both"
    failed=1
  fi
}
# files <header>, lines <header>: the number of opened files, and of their preprocessed lines.
files() { echo "#include <$1>" | "$cxx" "${flags[@]}" -x c++ -M - | grep -o '/[^ ]*' | sort -u | wc -l; }
lines() { echo "#include <$1>" | "$cxx" "${flags[@]}" -x c++ -E -P - | wc -l; }

json_files=$(files nlohmann/json.hpp)
json_lines=$(lines nlohmann/json.hpp)
at_most "files opened for client.hpp beyond the $json_files of json.hpp" \
  $(($(files heymilo/client.hpp) - json_files)) 60
at_most "lines of client.hpp in % of the $json_lines of json.hpp" \
  $(($(lines heymilo/client.hpp) * 100 / json_lines)) 120

cat >"$work/list.cpp" <<'END'
#include <heymilo/client.hpp>
#include <cstdio>
int main() {
  const auto client = heymilo::Client::fromEnvironment();
  for (const auto& candidate : client.listAllCandidates("posting")) {
    std::puts(candidate.name.c_str());
  }
}
END
"$cxx" "${flags[@]}" -ffunction-sections -fdata-sections "$work/list.cpp" "$library" \
  -Wl,--gc-sections -lcurl -pthread -o "$work/list"
strip "$work/list"
at_most "kB of a program that lists candidates, stripped" \
  $(($(stat -c %s "$work/list") / 1000)) 1200
exit "$failed"
