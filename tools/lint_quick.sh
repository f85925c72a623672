#!/bin/sh
# Quick checks that need no compiler: floors on includes (and on symbols where a build is there), file lengths, words that
# must not stand in the tree. Prints "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
build=${1:-build}
passed=0 failed=0
check() { name=$1; shift; if out=$("$@" 2>&1); then passed=$((passed + 1)); else failed=$((failed + 1)); printf '%s:\n%s\n' "$name" "$out"; fi; }
check "floors on includes" python3 tools/floors.py includes
if ls "$build"/src/*/lib*.a >/dev/null 2>&1; then check "floors on symbols" python3 tools/floors.py symbols "$build"; fi
check "style" python3 tools/style.py
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
