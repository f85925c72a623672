#!/bin/sh
# Every timing of the project: run.sh BUILD [NAME …]. Each prints machine, load, median and p99, and ends with lines
# "bench NAME VALUE UNIT" or "bench NAME VALUE UNIT ratio R vs WHAT". Loopback only; everything started here is ended here, by id.
set -eu
cd "$(dirname "$0")/.."
build=$1; shift
guiju=$build/src/app/guiju
[ $# -gt 0 ] || set -- chat start replay correct rules
printf 'machine: %s, %s cores, %s MB\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(awk '/MemTotal/{print int($2/1024)}' /proc/meminfo)"

scratch=$(mktemp -d); server=
stop() { [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; server=; return 0; }
trap 'stop; rm -rf "$scratch"' EXIT
port=${GUIJU_BENCH_PORT:-18080}
serve() { # $1: data folder
  "$guiju" serve --data "$1" --listen 127.0.0.1:$port --rulebooks rulebooks --no-limits >"$scratch/server.log" 2>&1 &
  server=$!
  tries=0
  until curl -sf "http://127.0.0.1:$port/api/v1/health" >/dev/null; do
    tries=$((tries + 1)); [ $tries -lt 200 ] || { cat "$scratch/server.log" >&2; exit 1; }
    sleep 0.05
  done
}
resident_kb() { awk '/VmRSS/{print $2}' "/proc/$server/status"; }
ms() { date +%s%N | cut -c1-13; }

# Chat and the bare loop in turn, so that both meet the same machine; the median of the rounds is the figure.
bench_chat() {
  for round in 1 2 3; do
    mkdir -p "$scratch/chat$round"; serve "$scratch/chat$round"
    curl -sf -X POST "http://127.0.0.1:$port/api/v1/setup" -H 'Content-Type: application/json' \
      -d '{"shop":"bench","template":"c14","owner":{"name":"店主","job_number":"001","password":"bench-pass-1"}}' >/dev/null
    "$build/bench/bench_chat" 127.0.0.1 $port 001 bench-pass-1 100 6 >"$scratch/chat.txt"
    stop
    cat "$scratch/chat.txt"
    rate=$(sed -n 's/^bench chat_full_rate \([0-9]*\).*/\1/p' "$scratch/chat.txt")
    batch=$(sed -n 's/^bench chat_full_batch \([0-9]*\).*/\1/p' "$scratch/chat.txt")
    "$build/bench/bench_sqlite" "$scratch/bare$round.db" "$batch" 6 >"$scratch/bare.txt"
    cat "$scratch/bare.txt"
    bare=$(sed -n 's/^bench bare_sqlite_rate \([0-9]*\).*/\1/p' "$scratch/bare.txt")
    echo "$(awk "BEGIN{printf \"%.2f\", $rate/$bare}") $rate" >>"$scratch/rounds.txt"
    rm -rf "$scratch/chat$round" "$scratch/bare$round.db"*
  done
  printf 'load: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
  sort -n "$scratch/rounds.txt" | sed -n 2p | while read -r ratio rate; do
    echo "bench chat_durable $rate messages/s ratio $ratio vs bare SQLite loop of the same rows and batch in the same run"
  done
}

bench_start() {
  mkdir -p "$scratch/start"
  "$guiju" demo --data "$scratch/start" --rulebooks rulebooks >/dev/null
  for i in 1 2 3 4 5; do
    began=$(ms); serve_quick "$scratch/start"; echo $(($(ms) - began)) >>"$scratch/start.txt"
    [ "$i" = 5 ] || stop
  done
  sleep 2
  echo "bench start_to_first_answer $(sort -n "$scratch/start.txt" | sed -n 3p) ms"
  echo "bench memory_at_rest $(($(resident_kb) / 1024)) MB"
  stop
}
serve_quick() {
  "$guiju" serve --data "$1" --listen 127.0.0.1:$port --rulebooks rulebooks >"$scratch/server.log" 2>&1 &
  server=$!
  until curl -sf "http://127.0.0.1:$port/api/v1/health" >/dev/null; do :; done
}

# A desk with a long log: the first start judges it, the next ones load the snapshot that the first wrote at its end.
long_start() { # $1: events
  mkdir -p "$scratch/long"; serve "$scratch/long"
  curl -sf -X POST "http://127.0.0.1:$port/api/v1/setup" -H 'Content-Type: application/json' \
    -d '{"shop":"bench","template":"c14","owner":{"name":"店主","job_number":"001","password":"bench-pass-1"}}' >/dev/null
  stop
  "$build/bench/bench_fill" "$scratch/long/desk.db" "$1"
  rm -f "$scratch/long/engine.snapshot"
  began=$(ms); serve_quick "$scratch/long"; echo "bench start_without_snapshot_$1 $(($(ms) - began)) ms"
  stop
  rm -f "$scratch/long.txt"
  for i in 1 2 3 4 5; do
    began=$(ms); serve_quick "$scratch/long"; echo $(($(ms) - began)) >>"$scratch/long.txt"
    [ "$i" = 5 ] || stop
  done
  printf 'database %s MB, snapshot %s MB, resident %s MB\n' "$(($(stat -c %s "$scratch/long/desk.db") >> 20))" "$(($(stat -c %s "$scratch/long/engine.snapshot") >> 20))" "$(($(resident_kb) >> 10))"
  echo "bench start_with_snapshot_$1 $(sort -n "$scratch/long.txt" | sed -n 3p) ms"
  stop
  rm -rf "$scratch/long"
}
bench_correct() {
  "$build/bench/bench_correct" rulebooks/c14.md ${GUIJU_BENCH_FACTS:-10000 100000 1000000}
  for events in ${GUIJU_BENCH_LOG:-100000 1000000}; do long_start "$events"; done
}

bench_replay() { "$build/bench/bench_replay" rulebooks/c14.md "${GUIJU_BENCH_EVENTS:-10000000}"; }

# GUIJU_BENCH_ROWS: how long the log is; the aim is told for 100 million rows (10 GB of memory with the loop's and the makers' own).
bench_rules() {
  printf 'load: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
  "$build/bench/bench_rules" "${GUIJU_BENCH_ROWS:-100000000}" "${GUIJU_BENCH_RUNS:-3}" 2
  # The same questions to others, at a size they can take, and the replay's own seconds at that size.
  mkdir -p "$scratch/sql" "$scratch/clips"
  [ -d bench/peers/node_modules ] || (cd bench/peers && npm install --no-save --no-audit --no-fund --loglevel=error) # not ci: the engine for this machine alone is wanted
  "$build/bench/bench_rules" --export sql "${GUIJU_BENCH_SQL_ROWS:-10000000}" "$scratch/sql"
  node bench/peers/rules_sql.js "$scratch/sql" 2
  "$build/bench/bench_rules" --export clips "${GUIJU_BENCH_CLIPS_ROWS:-300000}" "$scratch/clips"
  sh bench/peers/run_clips.sh "$scratch/clips"
}

for name in "$@"; do
  case $name in
    chat|start|replay|correct|rules) printf '== %s\n' "$name"; "bench_$name" ;;
    *) echo "no benchmark “$name”: chat start replay correct rules" >&2; exit 2 ;;
  esac
done
