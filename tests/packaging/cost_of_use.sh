#!/usr/bin/env bash
# Keeps the cost of use from growing, by what can be counted: how many files a compiler opens for
# client.hpp and how much it has to read, beside nlohmann/json.hpp alone, which is in it; and the size of
# a small program. benchmarks/cost_of_use.sh measures the same, and the time.
#   cost_of_use.sh INCLUDE_DIR GENERATED_INCLUDE_DIR LIBRARY CXX
# LIBRARY: the static one, as a release has it.
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
    echo "FAILED: that is more than docs/benchmarks.md says; if it has to be, change both"
    failed=1
  fi
}
# files <header>, lines <header>: how many files are opened, how many lines are left of them.
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
  $(($(stat -c %s "$work/list") / 1000)) 1100
exit "$failed"
