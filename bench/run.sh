#!/bin/sh
# Every timing of the project: run.sh BUILD [NAME …]. Each prints machine, load, median and p99, and ends with lines
# "bench NAME VALUE UNIT" or "bench NAME VALUE UNIT ratio R vs WHAT". Loopback only; everything started here is ended here, by id.
set -eu
cd "$(dirname "$0")/.."
build=$1; shift
guiju=$build/src/app/guiju
[ $# -gt 0 ] || set -- chat start replay correct rules words search
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

# Chat and the bare loop in turn, so that both meet the same machine; the median of the rounds is the figure. GUIJU_BENCH_ROUNDS, GUIJU_BENCH_SECONDS a phase.
# On a machine that others use as well, the ratio of the writer's CPU to the loop's CPU says more than the ratio of the rates.
chat_rounds() { # $1: name, $2: conversations, $3: rounds
  rm -f "$scratch/rounds.txt"
  for round in $(seq "$3"); do
    mkdir -p "$scratch/chat$round"; serve "$scratch/chat$round"
    curl -sf -X POST "http://127.0.0.1:$port/api/v1/setup" -H 'Content-Type: application/json' \
      -d '{"shop":"bench","template":"c14","owner":{"name":"店主","job_number":"001","password":"bench-pass-1"}}' >/dev/null
    GUIJU_BENCH_PID=$server "$build/bench/bench_chat" 127.0.0.1 $port 001 bench-pass-1 "$2" "${GUIJU_BENCH_SECONDS:-6}" >"$scratch/chat.txt"
    stop
    sed "s/^bench chat_/bench $1_/" "$scratch/chat.txt"
    rate=$(sed -n 's/^bench chat_full_rate \([0-9]*\).*/\1/p' "$scratch/chat.txt")
    batch=$(sed -n 's/^bench chat_full_batch \([0-9]*\).*/\1/p' "$scratch/chat.txt")
    cpu=$(sed -n 's/^bench chat_full_writer_cpu \([0-9.]*\).*/\1/p' "$scratch/chat.txt")
    [ "$batch" -gt 0 ] || batch=1
    "$build/bench/bench_sqlite" "$scratch/bare$round.db" "$batch" "${GUIJU_BENCH_SECONDS:-6}" >"$scratch/bare.txt"
    cat "$scratch/bare.txt"
    bare=$(sed -n 's/^bench bare_sqlite_rate \([0-9]*\).*/\1/p' "$scratch/bare.txt")
    bare_cpu=$(sed -n 's/^bench bare_sqlite_cpu \([0-9.]*\).*/\1/p' "$scratch/bare.txt")
    echo "$(awk "BEGIN{printf \"%.2f\", $rate/$bare}") $rate $(awk "BEGIN{printf \"%.2f\", $bare_cpu/$cpu}") $cpu" >>"$scratch/rounds.txt"
    rm -rf "$scratch/chat$round" "$scratch/bare$round.db"*
  done
  printf 'load: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
  sort -n "$scratch/rounds.txt" | sed -n "$((($3 + 1) / 2))p" | while read -r ratio rate share cpu; do
    echo "bench $1_durable $rate messages/s ratio $ratio vs bare SQLite loop of the same rows and batch in the same run"
    echo "bench $1_writer_cpu $cpu us/message ratio $share vs the CPU of that loop"
  done
}
bench_chat() { chat_rounds chat 100 "${GUIJU_BENCH_ROUNDS:-3}"; }

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

# GUIJU_BENCH_WORDS: how long the list of forbidden words is.
bench_words() {
  mkdir -p "$scratch/words"
  "$build/bench/bench_words" "$scratch/words" "${GUIJU_BENCH_WORDS:-5000}" 32
  for i in 1 2 3; do began=$(ms); grep -c -F -f "$scratch/words/words.txt" "$scratch/words/messages.txt" >/dev/null; echo $(($(ms) - began)) >>"$scratch/words/grep.txt"; done
  bytes=$(wc -c <"$scratch/words/messages.txt")
  echo "bench words_grep $(sort -n "$scratch/words/grep.txt" | sed -n 2p | awk "{printf \"%.1f\", $bytes / 1000 / \$1}") MB/s (grep -F -f: the same list as bytes, which lines only; no spellings, signs or quotations)"
}

# Reception on a desk filled with the demo month. GUIJU_BENCH_IDLE visitors, GUIJU_BENCH_TALKS conversations, GUIJU_BENCH_MESSAGES messages,
# GUIJU_BENCH_AGENTS agents, GUIJU_BENCH_OPEN open conversations that are written in, GUIJU_BENCH_FIND messages to search; the aims are told for
# 20000, 1 million, 20 million, 1000, 5000 and 20 million. The short run is the default: a few minutes. GUIJU_BENCH_DESK: a folder that
# keeps the filled desk for the next run.
bench_reception() {
  printf 'load: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
  talks=${GUIJU_BENCH_TALKS:-20000}
  desk=${GUIJU_BENCH_DESK:-$scratch/month}
  if [ ! -f "$desk/desk.db" ]; then
    began=$(ms)
    "$guiju" demo --month --plain --agents "${GUIJU_BENCH_AGENTS:-1000}" --conversations "$talks" --messages "${GUIJU_BENCH_MESSAGES:-$((talks * 5))}" --seed 1 --now "2026-03-31 23:50" \
      --data "$desk" --rulebooks rulebooks
    echo "bench fill_seconds $((($(ms) - began) / 1000)) s for $talks conversations, database $(($(stat -c %s "$desk/desk.db") >> 20)) MB"
  fi
  tries=0
  "$guiju" serve --data "$desk" --listen 127.0.0.1:$port --rulebooks rulebooks --no-limits >"$scratch/server.log" 2>&1 &
  server=$!
  until curl -sf "http://127.0.0.1:$port/api/v1/health" >/dev/null; do # the first start judges the whole month
    tries=$((tries + 1)); [ $tries -lt 36000 ] || { cat "$scratch/server.log" >&2; exit 1; }
    sleep 0.1
  done
  read_() { GUIJU_BENCH_PID=$server "$build/bench/bench_reception" read 127.0.0.1 $port 001 guiju-demo "$@"; }
  read_ month_report '/reports/reception?from=2026-03-01&to=2026-03-31' 40 100
  read_ month_report_compared '/reports/reception?from=2026-03-01&to=2026-03-31&compare=1' 20 200
  read_ workload '/reports/workload?from=2026-03-01&to=2026-03-31' 40 100
  read_ behind_a_bar '/reports/conversations?what=first&step=3&from=2026-03-01&to=2026-03-31' 40 100
  read_ inbox_closed '/conversations?box=closed&limit=50' 200 20
  read_ inbox_mine '/conversations?box=mine&limit=50' 200 20
  read_ floor '/floor' 40 100
  read_ search '/search?q=%E9%A4%90%E6%A1%8C' 40 100
  "$build/bench/bench_reception" idle 127.0.0.1 $port "${GUIJU_BENCH_IDLE:-2000}" "$server"
  stop
  began=$(ms); serve_quick "$desk"; echo "bench reception_start $(($(ms) - began)) ms limit 150 (with the snapshot)"
  sleep 3
  echo "bench reception_memory_at_rest $(($(resident_kb) / 1024)) MB limit 128, of which its own $(($(awk '/RssAnon/{print $2}' "/proc/$server/status") / 1024)) MB"
  stop
  rm -rf "$scratch/month"
  GUIJU_BENCH_SECONDS=${GUIJU_BENCH_SECONDS:-4} chat_rounds chat_open "${GUIJU_BENCH_OPEN:-500}" 1
  "$build/bench/bench_search" "$scratch/search.db" "${GUIJU_BENCH_FIND:-100000}"
  GUIJU_BENCH_WORDS=${GUIJU_BENCH_WORDS:-5000} bench_words
  (cd web && node tools/budget.mjs)
}

# GUIJU_BENCH_FIND: how many messages there are; the aim is told for 20 million (some 5 GB of disk and a quarter of an hour to make).
bench_search() { "$build/bench/bench_search" "$scratch/search.db" "${GUIJU_BENCH_FIND:-1000000}"; }

for name in "$@"; do
  case $name in
    chat|start|replay|correct|rules|words|reception|search) printf '== %s\n' "$name"; "bench_$name" ;;
    *) echo "no benchmark “$name”: chat start replay correct rules words reception search" >&2; exit 2 ;;
  esac
done
