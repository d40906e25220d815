#!/usr/bin/env bash
# Compares the completions for bash and zsh with the programs' --help: the same options, with a value or
# without.
#
#   tests/tools/completions_test.sh DIRECTORY   with the built programs
set -euo pipefail

programs=$1
completions=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../tools/completions" && pwd)
export completions
failures=0

# same <what> <expected> <actual>
same() {
  if [[ $2 != "$3" ]]; then
    printf 'FAILED: %s\nexpected (from --help):\n%s\nthe completion:\n%s\n' "$@"
    failures=$((failures + 1))
  fi
}

# complete_bash <word>...: bash's completions of the last word, one per line.
complete_bash() {
  # shellcheck disable=SC2016
  bash --norc -c '
    source "$completions/bash/heymilo"
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    completion=$(complete -p "${1##*/}")
    [[ $completion == "complete -F _heymilo "* ]] && _heymilo "$1"
    printf "%s\n" "${COMPREPLY[@]}"' - "$@"
}

# zsh_options <program>: the arguments of _arguments, in the form of --help: a value as VALUE.
zsh_options() {
  # shellcheck disable=SC2016
  zsh -f -c '
    _arguments() { print -rl -- "$@" }
    service=$1
    source "$completions/zsh/_heymilo"' - "$1" |
    sed -nE 's/^(\([^)]*\))?\*?(--[a-z-]+)=\[.*/\2 VALUE/p; s/^(\([^)]*\))?\*?(--[a-z-]+)\[.*/\2/p' | sort
}

for program in list_candidates ingest_candidate bulk_ingest mirror_candidates mirror_report mock_server quota_status verify deliver; do
  described=$("$programs/$program" --help |
    sed -nE 's/^  (-h, )?(--[a-z-]+) [^ ].*/\2 VALUE/p; s/^  (-h, )?(--[a-z-]+)(  .*)?$/\2/p' | sort)
  installed=heymilo-${program//_/-}
  for name in "$program" "$installed"; do
    same "$name: options in bash" "$(sed 's/ .*//' <<<"$described")" \
      "$(complete_bash "$name" -- | sort)"
    same "$name: options in zsh" "$described" "$(zsh_options "$name")"
  done
  while read -r option value; do
    offered=$(complete_bash "$program" "$option" --)
    if [[ -n $value ]]; then
      same "$program: options instead of the value of $option" '' "$(grep -e '^--' <<<"$offered" || true)"
    else
      same "$program: what follows $option" "$(sed 's/ .*//' <<<"$described")" "$(sort <<<"$offered")"
    fi
  done <<<"$described"
done

same 'values' $'table\njson\ncsv' "$(complete_bash list_candidates --format '')"
same 'values after a =' 'json' "$(complete_bash list_candidates --format = j)"
same 'values of another program' $'ndjson\ncsv' "$(complete_bash heymilo-bulk-ingest --format '')"
same 'values of quota_status' $'table\njson' "$(complete_bash quota_status --format '')"
same 'values of verify' $'table\njson' "$(complete_bash heymilo-verify --format '')"
same 'colours' $'auto\nalways\nnever' "$(complete_bash mock_server --color '')"
cd "$completions/../.."
for words in 'bulk_ingest --journal' 'bulk_ingest --report =' 'verify --journal' 'mirror_candidates --database' \
  'mirror_report --database' 'mirror_report --output' \
  'bulk_ingest id' 'bulk_ingest --chunk 3 id' 'bulk_ingest --format = csv --quiet id'; do
  # shellcheck disable=SC2086
  same "a file after $words" 'README.md' "$(complete_bash $words READ)"
done
for words in bulk_ingest 'bulk_ingest id file' 'list_candidates id' 'bulk_ingest --chunk'; do
  # shellcheck disable=SC2086
  same "no file after $words" '' "$(complete_bash $words READ)"
done

((failures == 0)) && echo 'The completions agree with --help.'
