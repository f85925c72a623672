#!/usr/bin/env python3
"""Hold `guiju coverage --json` against what the shipped books promise: every clause of each book runs.

    tools/coverage_check.py GUIJU"""
import json, subprocess, sys

PROMISED = {'a02': 75, 'a12': 85, 'c03': 63, 'c09': 63, 'c12': 107, 'c13': 46, 'c14': 42, 'c16': 51, 'c17': 38}


def main():
    done = subprocess.run([sys.argv[1], 'coverage', '--json'], capture_output=True, text=True)
    passed = failed = 0
    try:
        books = {b['book']: b for b in json.loads(done.stdout)['books']}
    except (ValueError, KeyError):
        print(done.stdout, done.stderr)
        books = {}
    for book, clauses in PROMISED.items():
        found = books.get(book, {})
        good = found.get('clauses') == clauses and found.get('running') == clauses
        passed, failed = passed + good, failed + (not good)
        print(f"{book}: {found.get('running')} of {clauses} clauses run {found.get('missing', '')}")
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
