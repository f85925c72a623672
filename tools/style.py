#!/usr/bin/env python3
"""House rules that a machine can see: file length, an opening paragraph in every .c, banned functions, machine paths,
tabs and trailing blanks, download addresses in lock files. One line per fault; exit status 1 when there is one."""
import re, subprocess, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 900  # lines; generated tables are exempt by name
TABLES = {'event_kind_table.c', 'event_kind_fields.c'}
BANNED = re.compile(r'\b(strcpy|strcat|sprintf|gets|strtok|atoi|atol|rand|system|tmpnam)\s*\(')
FLOAT = re.compile(r'\b(float|double)\b')
NO_FLOAT = {'base', 'lang', 'rules', 'events', 'views', 'commands'}
PATHS = re.compile(r'(?<![\w.:/*-])(?:/(?:root|home/[a-z]+|Users/[a-z]+)|' + re.escape(str(ROOT)) + r')/[A-Za-z]')  # homes, and where this checkout stands


def tracked():
    out = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard'], cwd=ROOT, capture_output=True, text=True).stdout
    return [ROOT / line for line in out.splitlines() if (ROOT / line).is_file()]


def faults_of(path):
    name = path.relative_to(ROOT)
    if path.suffix in {'.png', '.jpg', '.ico', '.woff2', '.xlsx', '.db', '.gz', '.br'} or 'corpus' in name.parts or 'data' in name.parts[:2]:
        return
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        if name.parts[0] != 'tests':
            yield f'{name}: not UTF-8'
        return
    lines = text.splitlines()
    if PATHS.search(text):
        yield f'{name}: holds a path of a machine: {PATHS.search(text)[0]}'
    if path.name == 'package-lock.json' and '"resolved"' in text:
        yield f'{name}: holds download addresses'
    if name.parts[0] == 'src' and path.suffix in '.c.h':
        if len(lines) > LONGEST and path.name not in TABLES:
            yield f'{name}: {len(lines)} lines; past 800 a file asks to be two'
        if path.suffix == '.c' and not text.startswith('/*'):
            yield f'{name}: a .c file opens with a paragraph that says what it is for'
        code = re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', ' ', text, flags=re.S)
        for hit in BANNED.finditer(code):
            yield f'{name}: banned function {hit[1]}'
        if name.parts[1] in NO_FLOAT and FLOAT.search(code):
            yield f'{name}: no floating point on this floor'
    if path.suffix in {'.c', '.h', '.ts', '.vue', '.py', '.mjs'}:
        for number, line in enumerate(lines, 1):
            if line.rstrip() != line or '\t' in line:
                yield f'{name}:{number}: tab or trailing blank'
                break


def main():
    faults = [f for path in tracked() for f in faults_of(path)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
