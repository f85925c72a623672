#!/bin/sh
# Fuzz one parser with libFuzzer, AddressSanitizer and UBSan for some seconds: run.sh TARGET SECONDS.
# tests/fuzz/fuzz_TARGET.c is the target, tests/fuzz/corpus/TARGET the seeds and the kept findings. A finding is written
# beside the build; copy it into the corpus and mend.
set -eu
cd "$(dirname "$0")/../.."
target=$1 seconds=$2
if [ "$target" = property ]; then # random rulebooks and logs: the engine against the reference evaluator, new seeds every time
  build=${BUILD:-build}
  ninja -C "$build" tests/unit/rules/test_rules_property tests/unit/rules/test_rules_property_shipped >/dev/null
  half=$(((seconds + 1) / 2)) failed=0 # random books, then random logs over the books that are there
  "$build/tests/unit/rules/test_rules_property" for "$half" || failed=1
  "$build/tests/unit/rules/test_rules_property_shipped" for "$half" || failed=1
  exit "$failed"
fi
[ -f "tests/fuzz/fuzz_$target.c" ] || { echo "no target “$target”; there are: $(ls tests/fuzz/fuzz_*.c | sed 's/.*fuzz_//; s/\.c//' | tr '\n' ' ')property" >&2; exit 2; }
out=build-fuzz; mkdir -p "$out/new-$target"
libs="-ljansson -lsodium -lcmark-gfm -lcmark-gfm-extensions $(pkg-config --libs sqlite3 libpq icu-uc)"
case $target in
  rulebook) folders="base lang" ;;
  event|events) folders="base store events" ;;
  import|csv|chatlog) folders="base"; extra="src/channels/csv.c src/channels/chat_log.c" ;;
  mail) folders="base"; extra="src/net/mail_text.c src/net/mail_read.c $(pkg-config --cflags --libs gmime-3.0)" ;;
  http|path) folders="base"; extra="src/net/path.c" ;;
  find) folders="base"; extra="src/views/gram.c src/views/find_query.c" ;;
  *) folders="base" ;;
esac
build=${BUILD:-build}
[ -f "$build/build.ninja" ] && ninja -C "$build" src/base/variants.h >/dev/null # a header that is made
sources=; for f in $folders; do sources="$sources $(ls src/$f/*.c)"; done
# shellcheck disable=SC2086
clang -g -O1 -std=gnu17 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Isrc -I"$build/src/base" $(pkg-config --cflags sqlite3 libpq) \
  -o "$out/fuzz_$target" "tests/fuzz/fuzz_$target.c" $sources ${extra:-} $libs
ASAN_OPTIONS=detect_leaks=0 "$out/fuzz_$target" -max_total_time="$seconds" -max_len=16384 -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 \
  -artifact_prefix="$out/finding-$target-" "$out/new-$target" "tests/fuzz/corpus/$target"
