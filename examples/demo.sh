#!/usr/bin/env bash
# Shows the library at work, without an account and without a network: starts the mock server,
# brings the people of examples/data in (one by one, in bulk and queued), lets their interviews go
# on, and shows where everybody stands. Installs what is missing (with apt-get) and builds first.
#
#   examples/demo.sh             from a fresh clone
#   examples/demo.sh DIRECTORY   with programs that have been built already
set -Eeuo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
people=$root/examples/data/people.ndjson
one_by_one=10
in_bulk=160 # the rest is queued
page=50
posting=demo
work=$(mktemp -d)
server=
step=starting

begin() {
  step=$1
  printf '\n== %s\n' "$step"
}

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

finish() {
  local code=$?
  trap - EXIT
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  if ((code > 128)); then
    printf '\nThe demo was stopped.\n' >&2
  elif ((code != 0)); then
    [[ ! -s $work/log ]] || tail -n 20 "$work/log" >&2
    printf '\nThe demo FAILED at this step: %s\n' "$step" >&2
  fi
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
trap 'printf "This failed: %s\n" "$BASH_COMMAND" >&2' ERR
trap 'exit 130' INT
trap 'exit 143' TERM

build() {
  local directory=$root/build/demo
  begin 'Installing what is missing'
  "$root/scripts/install-dependencies.sh"
  begin 'Building (minutes the first time, then seconds)'
  {
    cmake -S "$root" -B "$directory" -DCMAKE_BUILD_TYPE=Release -DHEYMILO_BUILD_TESTS=OFF \
      -DHEYMILO_WARNINGS_AS_ERRORS=OFF
    cmake --build "$directory" --parallel "$(getconf _NPROCESSORS_ONLN)"
  } >"$work/log" 2>&1
  programs=$directory/examples
}

start_server() {
  begin 'Starting the mock server'
  export HEYMILO_API_KEY=demo-key no_proxy=127.0.0.1
  unset HEYMILO_WORKSPACE_ID
  exec 3< <(exec "$programs/mock_server" --api-key "$HEYMILO_API_KEY" --posting "$posting" \
    --time-scale 86400 --log 2>"$work/log")
  server=$!
  read -r HEYMILO_BASE_URL <&3 || fail 'The mock server did not start.'
  export HEYMILO_BASE_URL
  printf 'In the place of the API: %s. A day passes there in a second.\n' "$HEYMILO_BASE_URL"
}

# Name, e-mail address and external id of a person a line, with tabs between.
fields() {
  sed -E 's/^\{"name":"([^"\\]+)","email":"([^"]+)",.*"external_id":"([^"]+)".*/\1\t\2\t\3/'
}

ingest_one_by_one() {
  begin "Bringing in $one_by_one people one by one"
  local name email external_id
  while IFS=$'\t' read -r name email external_id; do
    "$programs/ingest_candidate" "$posting" --name "$name" --email "$email" \
      --metadata "external_id=$external_id" >"$work/answer"
    printf '%s\n' "$name"
  done < <(head -n "$one_by_one" "$people" | fields)
  printf 'The last answer: %.72s...\n' "$(<"$work/answer")"
}

ingest_in_bulk() {
  begin "Bringing in $in_bulk people in bulk"
  sed -n "$((one_by_one + 1)),$((one_by_one + in_bulk))p" "$people" >"$work/bulk.ndjson"
  "$programs/ingest_people" "$posting" "$work/bulk.ndjson" --chunk 40 >"$work/answer"
}

ingest_queued() {
  begin 'Queueing the rest'
  sed "1,$((one_by_one + in_bulk))d" "$people" >"$work/queued.ndjson"
  "$programs/ingest_people" "$posting" "$work/queued.ndjson" --async >"$work/answer"
}

list() { "$programs/list_candidates" "$posting" --limit "$page" "$@"; }

# How many candidates there are whose status matches the expression. In this list no value before
# the status has a comma, and no value a line break, so that awk can read it.
count() {
  list --format csv >"$work/list.csv" || fail 'The list could not be read.'
  awk -F, -v status="^($1)\$" 'NR > 1 && $2 ~ status { n++ } END { print n + 0 }' "$work/list.csv"
}

# Waits, for a minute at the most, until so many or fewer (-le), more (-ge), ... have that status.
wait_until() { # <status> <comparison> <number>
  local deadline=$((SECONDS + 60)) n
  n=$(count "$1")
  until test "$n" "$2" "$3"; do
    ((SECONDS < deadline)) || fail "In a minute $n have the status $1; expected $2 $3."
    sleep 0.2
    n=$(count "$1")
  done
}

funnel() {
  list --format csv >"$work/list.csv"
  awk -F, '
    BEGIN {
      n = split("pending in_progress evaluating completed shortlisted dismissed knocked_out", name, " ")
      for (i = 1; i <= n; i++) known[name[i]] = 1
    }
    NR > 1 {
      if (!($2 in known)) { known[$2] = 1; name[++n] = $2 }
      number[$2]++
      total++
    }
    END {
      for (i = 1; i <= n; i++) {
        bar = ""
        for (k = 0; k < number[name[i]] * 50 / total; k++) bar = bar "█"
        printf "%-12s %4d  %s\n", name[i], number[name[i]], bar
      }
    }' "$work/list.csv"
}

# Each external id of the file is in the list exactly once, and no other is.
everybody_once() {
  external_ids() { grep -o '"external_id":"[^"]*"' | sort; }
  diff <(external_ids <"$people") <(list --format json | external_ids) >"$work/log"
}

if (($# > 0)); then
  programs=$1
else
  build
fi
total=$(wc -l <"$people")
start_server
ingest_one_by_one
ingest_in_bulk
ingest_queued
step='Waiting for those who are queued'
wait_until '.*' -ge "$total"

begin 'Where they stand now'
funnel

begin 'Some days later, when most are through'
wait_until 'pending|in_progress|evaluating' -le $((total / 4))
pages=$(grep -c 'listCandidates 200' "$work/log")
list
pages=$(($(grep -c 'listCandidates 200' "$work/log") - pages))

begin 'The funnel'
funnel

step='comparing the list with the file'
everybody_once
printf '\nThe demo worked: %d people brought in, each listed exactly once, in %d pages.\n' \
  "$total" "$pages"
