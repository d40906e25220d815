#!/usr/bin/env bash
# generate.sh OPENAPI_JSON OUT_DIR: generates the code of the generated peers. Existing files in OUT_DIR are
# kept: remove OUT_DIR to start over. Needs npm, node and a Java runtime.
#
# For CMake, set -DHEYMILO_PEERS_DIR=OUT_DIR.
set -euo pipefail

quicktype_version=26.0.0
openapi_generator_version=1.0.18-4.3.1  # the last one whose npm package includes the generator

if (($# != 2)); then
  echo "usage: $0 OPENAPI_JSON OUT_DIR" >&2
  exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
openapi=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
modules=$out/npm/node_modules

# Each result is generated under another name, and renamed when it is complete.
if [[ ! -d $out/npm ]]; then
  rm -rf "$out/npm.part"
  mkdir "$out/npm.part"
  npm install --prefix "$out/npm.part" --silent --no-audit --no-fund \
    "quicktype@$quicktype_version" \
    "@openapitools/openapi-generator-cli@$openapi_generator_version"
  mv "$out/npm.part" "$out/npm"
fi

if [[ ! -d $out/quicktype ]]; then
  part=$out/quicktype.part
  rm -rf "$part"
  mkdir "$part"
  node "$here/schemas.mjs" json-schema "$openapi" >"$part/schemas.json"
  # A null for each missing optional property would be another document.
  "$modules/.bin/quicktype" --quiet --telemetry disable \
    --src-lang schema \
    --src "$part/schemas.json#/definitions/ListResponse_CandidateResponse_" \
    --src "$part/schemas.json#/definitions/BulkCandidateIngestRequest" \
    --lang c++ --namespace quicktype_peer --code-format with-struct --no-boost \
    --include-location global-include --hide-null-optional \
    --out "$part/candidates.hpp"
  mv "$part" "$out/quicktype"
fi

if [[ ! -d $out/cpprestsdk ]]; then
  part=$out/cpprestsdk.part
  rm -rf "$part"
  mkdir "$part"
  node "$here/schemas.mjs" openapi-3.0 "$openapi" >"$part/openapi.json"
  java -jar "$modules/@openapitools/openapi-generator-cli/bin/openapi-generator.jar" generate \
    --generator-name cpp-restsdk \
    --additional-properties=modelPackage=cpprestsdk_peer.model \
    --input-spec "$part/openapi.json" --output "$part" >"$part/generator.log" 2>&1 ||
    { cat "$part/generator.log" >&2; exit 1; }
  # As generated, an integer (a score of 81) is refused if the schema says "number", and becomes NaN.
  sed -i '/::fromJson(.* double & outVal )/,/^}/s/is_double()/is_number()/' "$part/ModelBase.cpp"
  mv "$part" "$out/cpprestsdk"
fi
