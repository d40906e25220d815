#!/usr/bin/env bash
# The shared library exports its API and nothing else: no template of the standard library or of
# nlohmann/json, nothing of libcurl, and no function that no header declares.
#   exported_symbols.sh LIBRARY INCLUDE_DIR
set -euo pipefail
library=$1 include=$2

# The exported symbols, without their versions.
symbols=$(nm -D --defined-only -C "$library" | sed -E 's/^[0-9a-f]+ [A-Za-z] //; s/@@?HEYMILO_[0-9.]+$//' |
  sort -u)
count=$(wc -l <<<"$symbols")
if [ "$count" -lt 50 ]; then
  echo "FAILED: only $count symbols are exported"
  exit 1
fi

# A function template is listed with its return type.
foreign=$(grep -vE \
  '^HEYMILO_[0-9.]+$|^((typeinfo|typeinfo name|vtable) for )?heymilo::|^[A-Za-z_:]+( const)?&? heymilo::' \
  <<<"$symbols" || true)
if [ -n "$foreign" ]; then
  echo "FAILED: exported symbols outside of heymilo:"
  echo "$foreign"
  exit 1
fi

# The last name before the arguments, without template names: it must be in a public header.
failed=0
words=$(cat "$include"/heymilo/*.hpp "$include"/heymilo/models/*.hpp | grep -oE '[A-Za-z_][A-Za-z_0-9]*' | sort -u)
while IFS= read -r symbol; do
  name=$(sed -E ':a; s/<[^<>]*>//; ta; s/\[abi:[a-z0-9]*\]//g; s/\(.*//; s/.*:://; s/^~//; s/^operator.*//' \
    <<<"$symbol")
  if [ -n "$name" ] && ! grep -qx "$name" <<<"$words" && [[ $name != built_with_nlohmann_json_* ]]; then
    echo "FAILED: exported, but not in a public header: $symbol"
    failed=1
  fi
done < <(grep -vE '^HEYMILO_[0-9.]+$' <<<"$symbols")
[ "$failed" -eq 0 ] || exit 1
echo "$count symbols are exported, all of them of heymilo"
