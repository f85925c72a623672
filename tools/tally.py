#!/usr/bin/env python3
"""Run one suite, show its output, add its counts to a tally file; at the end print what took longest and `N passed, N failed`.

    tools/tally.py run FILE NAME COMMAND …    counts what the runner reports (cmocka, node:test, vitest, the plain closing line);
                                              a runner that fails without a failed test counts as one failure, one that
                                              reports no test at all counts as a failure too
    tools/tally.py total FILE                 the closing line; exit status 1 when anything failed or nothing ran"""
import re, subprocess, sys, time

SLOWEST = 8
PATTERNS = [  # (pattern, group of passed, group of failed)
    (re.compile(r'^(?:[\w-]+: )?(\d+) passed, (\d+) failed'), 1, 2),
    (re.compile(r'^(\d+) 过，(\d+) 未过$'), 1, 2),
    (re.compile(r'^\[  PASSED  \] (\d+) test\(s\)'), 1, None),
    (re.compile(r'^\[  FAILED  \] (?:[\w-]+: )?(\d+) test\(s\)'), None, 1),
    (re.compile(r'^[#ℹ] pass (\d+)'), 1, None),
    (re.compile(r'^[#ℹ] fail (\d+)'), None, 1),
    (re.compile(r'^\s*Tests\s+(?:(\d+) failed \| )?(\d+) passed'), 2, 1),
]


def run(tally, name, command):
    start, passed, failed = time.monotonic(), 0, 0
    print(f'== {name}', flush=True)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    for raw in process.stdout:
        line = re.sub(r'\x1b\[[0-9;]*m', '', raw.decode('utf-8', 'replace').rstrip('\n'))
        print(line, flush=True)
        for pattern, good, bad in PATTERNS:
            hit = pattern.match(line)
            if hit:
                passed += int(hit[good] or 0) if good else 0
                failed += int(hit[bad] or 0) if bad else 0
                break
    code = process.wait()
    if (code != 0 or passed == 0) and failed == 0:
        failed = 1
        print(f'-- {name}: exit status {code}, {passed} tests reported')
    print(f'-- {name}: {passed} passed, {failed} failed, {time.monotonic() - start:.1f} s', flush=True)
    with open(tally, 'a') as out:
        out.write(f'{passed} {failed} {time.monotonic() - start:.1f} {name}\n')
    return 1 if failed else 0


def total(tally):
    rows = [line.split(None, 3) for line in open(tally)]
    passed, failed = sum(int(r[0]) for r in rows), sum(int(r[1]) for r in rows)
    for row in rows:
        if int(row[1]):
            print(f'failed: {row[3].strip()}')
    slow = sorted(rows, key=lambda r: -float(r[2]))[:SLOWEST]
    print(f'{sum(float(r[2]) for r in rows):.0f} s; longest: ' + ', '.join(f'{r[3].strip()} {float(r[2]):.0f} s' for r in slow))
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(total(sys.argv[2]) if sys.argv[1] == 'total' else run(sys.argv[2], sys.argv[3], sys.argv[4:]))
