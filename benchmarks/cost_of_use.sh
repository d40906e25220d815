#!/usr/bin/env bash
# The cost of the library for a program: the time to compile a file that includes its client, compared with
# the headers that such a file includes anyway, and the size of a small stripped program with the library
# linked in.
#
#   benchmarks/cost_of_use.sh BUILD_DIR [REPETITIONS]     BUILD_DIR: a build of the static library
set -euo pipefail
build=$(cd "$1" && pwd)
repetitions=${2:-5}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c++17 -O2 -DHEYMILO_STATIC_DEFINE -Iinclude "-I$build/include")

# compile <name> <line>...: the median time to compile a file of these lines, in ms.
compile() {
  local name=$1 times=() began
  shift
  printf '%s\n' "$@" 'int main() {}' >"$work/$name.cpp"
  for ((i = 0; i < repetitions; ++i)); do
    began=$(date +%s%N)
    c++ "${flags[@]}" -c "$work/$name.cpp" -o "$work/$name.o"
    times+=($((($(date +%s%N) - began) / 1000000)))
  done
  printf '%s\n' "${times[@]}" | sort -n | sed -n $(((repetitions + 1) / 2))p
}

printf '%-46s %6s ms\n' 'compiling #include <heymilo/client.hpp>' \
  "$(compile client '#include <heymilo/client.hpp>')"
printf '%-46s %6s ms\n' '          #include <nlohmann/json.hpp>' \
  "$(compile json '#include <nlohmann/json.hpp>')"
printf '%-46s %6s ms\n' '          the standard headers it includes' \
  "$(compile std '#include <chrono>' '#include <functional>' '#include <map>' '#include <memory>' \
    '#include <optional>' '#include <string>' '#include <string_view>' '#include <variant>' \
    '#include <vector>')"
began=$(date +%s%N)
c++ "${flags[@]}" -Isrc -c src/json/models.cpp -o "$work/models.o"
printf '%-46s %6s ms\n' 'compiling the tables of all models, once' \
  "$((($(date +%s%N) - began) / 1000000))"

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
c++ "${flags[@]}" -ffunction-sections -fdata-sections "$work/list.cpp" "$build/src/libheymilo.a" \
  -Wl,--gc-sections -lcurl -pthread -o "$work/list"
strip "$work/list"
printf '%-46s %6s kB\n' 'a program that lists candidates, stripped' \
  "$(($(stat -c %s "$work/list") / 1000))"
printf '(libcurl and the C++ runtime are shared libraries of the system)\n'
