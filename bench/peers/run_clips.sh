#!/bin/sh
# The rules that CLIPS can say, over the files of `bench_rules --export`: run_clips.sh FOLDER. Exits 1 when an answer differs.
set -eu
cd "$1"
cat >go.clp <<'TEXT'
(load "rules.clp")
(defglobal ?*start* = 0)
(bind ?*start* (time))
(load-facts "facts.clp")
(run)
(printout t "took " (- (time) ?*start*) crlf)
(batch* "show.clp")
(exit)
TEXT
clips -f2 go.clp >out.txt 2>&1 || { tail -n 5 out.txt >&2; exit 1; }
grep -E '^[0-9]+ [0-9]+ [0-9]+$' out.txt >got.txt || true
if cmp -s got.txt want.txt; then same='same answers'; else same='ANSWERS DIFFER'; fi
echo "bench rules_clips $(sed -n 's/^took \([0-9.]*\).*/\1/p' out.txt) s for $(wc -l <want.txt) of the 200 rules over $(wc -l <facts.clp) rows, $same"
[ "$same" = 'same answers' ]
