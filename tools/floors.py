#!/usr/bin/env python3
"""The floors of the house, checked on includes and on symbols (docs/CODEMAP.md has the table in words).

    tools/floors.py includes           read #include lines of src/
    tools/floors.py symbols BUILD      read the static libraries of a build folder with nm
    tools/floors.py map                print the arrows that exist, for docs/CODEMAP.md

A file may include its own folder and the folders its row names; a library may use only symbols that its own folder or those
folders define; inside a folder headers must not form a circle. Exit status 1 and one line per fault."""
import re, subprocess, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAY = {  # folder -> folders it may use, besides base
    'base': '', 'lang': '', 'store': '', 'net': '', 'events': 'store', 'rules': 'events lang',
    'views': 'rules events store lang', 'commands': 'views rules events lang store', 'reports': 'views store rules events lang',
    'api': 'commands reports views events net store lang rules', 'channels': 'commands views events net store lang rules',
    'scheduler': 'commands views events store lang rules',
    'app': 'base lang store net events rules views commands reports api channels scheduler',
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z]+)/([^"]+)"')


def allowed(folder, other):
    return other == folder or other == 'base' or other in MAY[folder].split()


def includes():
    faults, arrows, headers = [], {}, {}
    for path in sorted((ROOT / 'src').rglob('*.[ch]')):
        folder = path.relative_to(ROOT / 'src').parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            hit = INCLUDE.match(line)
            if not hit or hit[1] not in MAY:
                continue
            arrows.setdefault(folder, set()).add(hit[1])
            if path.suffix == '.h' and hit[1] == folder:
                headers.setdefault(folder + '/' + path.name, set()).add(hit[1] + '/' + hit[2])
            if folder not in MAY:
                faults.append(f'{path.relative_to(ROOT)}: folder {folder} has no row in the table of floors')
            elif not allowed(folder, hit[1]):
                faults.append(f'{path.relative_to(ROOT)}:{number}: {folder} must not look at {hit[1]} ({hit[1]}/{hit[2]})')
    for start in headers:
        seen, todo = set(), [start]
        while todo:
            for other in headers.get(todo.pop(), ()):
                if other == start:
                    faults.append(f'src/{start}: headers form a circle')
                    todo = []
                    break
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
    return faults, arrows


def symbols(build):
    defined, used = {}, {}
    for library in sorted(Path(build).glob('src/*/lib*.a')):
        folder = library.parent.name
        if folder not in MAY:
            continue
        for line in subprocess.run(['nm', '--extern-only', str(library)], capture_output=True, text=True, check=True).stdout.splitlines():
            parts = line.split()
            if len(parts) == 3 and parts[1] in 'TDBRVW':
                defined[parts[2]] = folder
            elif len(parts) == 2 and parts[0] == 'U':
                used.setdefault(parts[1], set()).add(folder)
    faults = []
    for name, folders in sorted(used.items()):
        home = defined.get(name)
        for folder in sorted(folders):
            if home and not allowed(folder, home):
                faults.append(f'{folder} calls {name}, which stands in {home}')
    if not defined:
        faults.append(f'no library found below {build}: build first')
    return faults


def main():
    verb = sys.argv[1] if len(sys.argv) > 1 else 'includes'
    if verb == 'map':
        for folder, others in sorted(includes()[1].items()):
            print(f'{folder}: {" ".join(sorted(others - {folder}))}')
        return 0
    faults = symbols(sys.argv[2]) if verb == 'symbols' else includes()[0]
    for fault in faults:
        print('floors:', fault)
    print(f'floors {verb}: {len(faults)} faults')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
