#!/usr/bin/env bash
# A program compiled with another nlohmann/json than the library does not link, and the linker names the
# reason; a program with settings that do not change its values links and runs.
#   json_version.sh PREFIX WORK_DIR JSON_INCLUDE_DIR CXX [FLAG...]
set -euo pipefail
prefix=$1 work=$2 json=$3 cxx=$4
flags=("${@:5}" -std=c++17 -ffunction-sections -fdata-sections "-I$prefix/include")
library=$(find "$prefix" -name libheymilo.so)
rm -rf "$work"
mkdir -p "$work"

# It calls no function with a value of nlohmann/json in its signature, but has one in each candidate.
cat >"$work/program.cpp" <<'END'
#include <heymilo/models.hpp>
#include <heymilo/version.hpp>
int main() { return heymilo::CandidateResponse{}.name.empty() && !heymilo::version().empty() ? 0 : 1; }
END

# build <name> <flag>...: compiles and links; the linker's output is in <name>.log. --gc-sections: a linker
# that drops unused sections must not drop the check.
build() {
  local name=$1
  shift
  "$cxx" "${flags[@]}" "$@" -c "$work/program.cpp" -o "$work/$name.o" &&
    "$cxx" "$work/$name.o" -Wl,--gc-sections "$library" "-Wl,-rpath,$(dirname "$library")" \
      -o "$work/$name" 2>"$work/$name.log"
}

# works <name> <flag>...
works() {
  build "$@" || { cat "$work/$1.log"; echo "FAILED: $1 should link"; exit 1; }
  "$work/$1"
}

# does_not_link <name> <the missing symbol> <flag>...
does_not_link() {
  local name=$1 missing=$2
  shift 2
  if build "$name" "$@"; then
    echo "FAILED: $name links, but must not"
    exit 1
  fi
  if ! grep -q "heymilo::detail::built_with_nlohmann_json_$missing" "$work/$name.log"; then
    cat "$work/$name.log"
    echo "FAILED: the linker does not name $missing"
    exit 1
  fi
  echo "$name: $(grep -o -m 1 'undefined reference to.*' "$work/$name.log")"
}

# other <version>: a copy of nlohmann/json that claims that version.
other() {
  local major minor patch
  IFS=. read -r major minor patch <<<"$1"
  mkdir "$work/json-$1"
  cp -r "$json/nlohmann" "$work/json-$1"
  find "$work/json-$1" -name '*.hpp' -exec sed -i -E \
    -e "s/(define NLOHMANN_JSON_VERSION_MAJOR) .*/\1 $major/" \
    -e "s/(define NLOHMANN_JSON_VERSION_MINOR) .*/\1 $minor/" \
    -e "s/(define NLOHMANN_JSON_VERSION_PATCH) .*/\1 $patch/" {} +
}

works same "-I$json"
works explicit_conversions "-I$json" -DJSON_USE_IMPLICIT_CONVERSIONS=0
own=$(grep -rhE 'define NLOHMANN_JSON_VERSION_(MAJOR|MINOR|PATCH) ' "$json/nlohmann" |
  sed -E 's/.*_(MAJOR|MINOR|PATCH) +([0-9]+).*/\2/' | head -n 3 | paste -sd_)
does_not_link diagnostics "${own}_diagnostics" "-I$json" -DJSON_DIAGNOSTICS=1
other 3.99.7
does_not_link newer 3_99_7 "-I$work/json-3.99.7"
# Before 3.11 its names did not differ between versions.
other 3.10.5
does_not_link older 3_10_5 "-I$work/json-3.10.5" -DNLOHMANN_JSON_NAMESPACE_NO_VERSION=1
