#!/usr/bin/env bash
# Shows the library at work, without an account and without a network: starts the mock server, ingests an
# export of people that grows from run to run with bulk_ingest, by two workers of which one is killed, with
# a journal that is deleted; verify counts how often each of them is in the posting. Then keeps a copy of the
# posting in a database with mirror_candidates while the interviews progress, and shows the funnel.
# Installs missing dependencies (with apt-get) and builds first.
#
#   examples/demo.sh             from a fresh clone
#   examples/demo.sh DIRECTORY   with programs that have been built already
set -Eeuo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
people=$root/examples/data/people.ndjson
times=8 # each of the people is ingested this many times, with different data
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
trap 'printf "Failed command: %s\n" "$BASH_COMMAND" >&2' ERR
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

build() {
  begin 'Installing missing dependencies'
  "$root/scripts/install-dependencies.sh"
  begin 'Building (minutes the first time, then seconds)'
  {
    cd "$root"
    cmake --preset quick -DHEYMILO_BUILD_TESTS=OFF  # tests/run.sh continues with the same build
    cmake --build build/quick --parallel "$(getconf _NPROCESSORS_ONLN)" \
      --target bulk_ingest verify mirror_candidates mock_server
  } >"$work/log" 2>&1
  programs=$root/build/quick/bin
}

start_server() {
  begin 'Starting the mock server'
  export HEYMILO_API_KEY=demo-key no_proxy=127.0.0.1 XDG_STATE_HOME=$work/state
  unset HEYMILO_WORKSPACE_ID
  exec 3< <(exec "$programs/mock_server" --api-key "$HEYMILO_API_KEY" --posting "$posting" \
    --time-scale 8640 --latency-ms 20 --log 2>"$work/log")
  server=$!
  read -r HEYMILO_BASE_URL <&3 || fail 'The mock server did not start.'
  export HEYMILO_BASE_URL
  printf 'The mock API: %s. A day passes there in ten seconds.\n' "$HEYMILO_BASE_URL"
}

# The export: some 2,000 people, and four invalid lines. Its first version has half of them, in another order.
# One of the people is left out, as 50 metadata keys leave no room for heymilo_ref.
make_files() {
  local i
  grep -v ats-00247 "$people" >"$work/people.ndjson"
  for ((i = 1; i <= times; i++)); do
    sed -E "s/\"email\":\"([^@\"]+)@/\"email\":\"\1+$i@/; s/(\"external_id\":\"[^\"]+)\"/\1-$i\"/" "$work/people.ndjson"
    case $i in
      2) invalid_line 1 '"name":"No Address","email":"nowhere"' ;;
      4) printf 'this is not JSON\n' ;;
      6) invalid_line 2 '"name":"No E-Mail"' ;;
      7) invalid_line 3 '"name":"Bad Number","email":"bad@example.com","phone_number":"12"' ;;
    esac
  done >"$work/tonight.ndjson"
  total=$(($(wc -l <"$work/tonight.ndjson") - 4))
  grep external_id "$work/tonight.ndjson" | grep -v '"invalid-' | sort -r |
    sed -n "1,$((total / 2))p" >"$work/last_night.ndjson"
}

invalid_line() { printf '{%s,"metadata":{"external_id":"invalid-%d"}}\n' "$2" "$1"; }

# In a separate process. The times are short: a real API may take minutes to carry a request out.
bulk_ingest() {
  exec "$programs/bulk_ingest" "$posting" "$@" --key external_id --chunk 10 --concurrency 2 \
    --timeout 2 --settle 1
}

ingest_last_night() {
  begin "Last night: the export has $((total / 2)) people"
  (bulk_ingest "$work/last_night.ndjson" --new-posting)
}

# Waits, for at most half a minute, until the server has ingested so many chunks since the beginning.
wait_for_chunks() {
  local deadline=$((SECONDS + 30))
  until (($(grep -c 'ingestCandidatesBulk 201' "$work/log" || true) >= $1)); do
    ((SECONDS < deadline)) || fail 'bulk_ingest makes no progress.'
    sleep 0.05
  done
}

# Runs it on tonight's export, of which some lines are rejected.
ingest_tonight() {
  local code=0
  (bulk_ingest "$work/tonight.ndjson" "$@") || code=$?
  ((code == 3)) || fail "bulk_ingest exited with $code instead of 3 (some records are rejected)."
}

two_workers() {
  begin "Tonight: it has grown to $total and is in another order; two workers share it, one is killed (kill -9)"
  local before
  before=$(grep -c 'ingestCandidatesBulk 201' "$work/log")
  bulk_ingest "$work/tonight.ndjson" --quiet &
  local killed=$!
  ingest_tonight --report "$work/report.ndjson" &
  local other=$!
  wait_for_chunks $((before + 40))
  kill -KILL "$killed"
  wait "$killed" 2>/dev/null || true
  wait "$other" || exit 1
  printf '\nThe rejected records and the reasons (%s):\n' report.ndjson
  grep '"rejected"' "$work/report.ndjson" | cut -c 1-110
}

lost_journal() {
  begin 'The journal is deleted; what a run would do now (--dry-run)'
  rm -r "$XDG_STATE_HOME"
  local code=0
  (bulk_ingest "$work/tonight.ndjson" --dry-run) || code=$?
  ((code == 3)) || fail "The dry run exited with $code instead of 3 (some records would be rejected)."
  begin 'The run itself first takes over who is in the posting (a quarter of a minute)'
  ingest_tonight
}

verify() {
  begin 'How often is each key in the posting? (verify)'
  "$programs/verify" "$posting"
}

mirror() {
  "$programs/mirror_candidates" "$posting" --database "$work/mirror.db"
}

query() { sqlite3 -bail "$work/mirror.db" "$@"; }

funnel() {
  query -separator ' ' "
    SELECT printf('%-12s %5d ', status, count(*)),
           substr('██████████████████████████████████████████████████', 1,
                  1 + count(*) * 49 / (SELECT count(*) FROM candidates WHERE gone_at IS NULL))
    FROM candidates WHERE gone_at IS NULL GROUP BY status
    ORDER BY CASE status WHEN 'pending' THEN 1 WHEN 'in_progress' THEN 2 WHEN 'evaluating' THEN 3
                         WHEN 'completed' THEN 4 WHEN 'shortlisted' THEN 5 ELSE 6 END, status"
}

# Each external id of the file is in the database exactly once, and no other id is.
everybody_once() {
  grep -o '"external_id":"[^"]*"' "$work/tonight.ndjson" | grep -v '"invalid-' | cut -d '"' -f 4 | sort >"$work/wanted"
  query "SELECT json_extract(document, '\$.metadata.external_id') FROM candidates" |
    sort >"$work/found"
  diff "$work/wanted" "$work/found" >"$work/log"
}

if (($# > 0)); then
  programs=$1
else
  build
fi
make_files
start_server
ingest_last_night
two_workers
lost_journal
verify

begin 'A copy of the posting in a database'
mirror
printf '\n'
funnel

begin 'Some days later: the same command again reads what may have changed'
sleep 5
mirror
printf '\n'
funnel

begin 'The changes of status that the two runs have seen (candidate_history)'
query -header -column "
  SELECT status, count(*) AS changes FROM candidate_history GROUP BY status ORDER BY changes DESC"

step='comparing the database with the file'
everybody_once
printf '\nThe demo worked: %d people ingested and copied, each exactly once.\n' "$total"
