#!/usr/bin/env python3
"""Put files into the program: writes an assembler file that includes them and a table that C can read.

usage: embed.py OUTPUT.S SYMBOL DIRECTORY [SUFFIX]

Every file below DIRECTORY (only those ending in SUFFIX, when given) becomes one entry of the table `SYMBOL`
(struct asset_embedded, api/asset.h) under its path with a leading "/"; x.gz and x.br beside x are its compressed
forms. `SYMBOL_count` is the number of entries; a directory that is not there gives none. The output is only
touched when something changed: it carries a digest of all contents."""
import hashlib, os, sys


def collect(directory, suffix):
    files = {}
    for folder, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            if name.startswith('.') or '/.' in folder[len(directory):]:
                continue
            path = os.path.join(folder, name)
            key, form = '/' + os.path.relpath(path, directory).replace(os.sep, '/'), 0
            for number, ending in ((1, '.gz'), (2, '.br')):
                if key.endswith(ending):
                    key, form = key[:-3], number
            if suffix and not key.endswith(suffix):
                continue
            files.setdefault(key, [None, None, None])[form] = path
    return {key: forms for key, forms in sorted(files.items()) if forms[0]}


def main():
    output, symbol, directory = sys.argv[1:4]
    suffix = sys.argv[4] if len(sys.argv) > 4 else ''
    files = collect(directory, suffix) if os.path.isdir(directory) else {}
    digest = hashlib.sha256()
    text, data = [], []
    for number, (key, forms) in enumerate(files.items()):
        data.append(f'.Lname{number}: .asciz "{key}"')
        pointers, sizes = [], []
        for form, path in enumerate(forms):
            if path is None:
                pointers.append('0')
                sizes.append('0')
                continue
            with open(path, 'rb') as f:
                content = f.read()
            digest.update(f'{key} {form} {len(content)}\n'.encode() + content)
            label = f'.Lfile{number}_{form}'
            data.append(f'.balign 16\n{label}: .incbin "{os.path.abspath(path)}"')
            pointers.append(label)
            sizes.append(str(len(content)))
        text.append(f'.quad .Lname{number}, {", ".join(pointers)}, {", ".join(sizes)}')
    lines = [f'/* made by tools/embed.py; contents {digest.hexdigest()} */', '.section .rodata', *data,
             '.section .data.rel.ro, "aw"', '.balign 8', f'.globl {symbol}', f'{symbol}:', *text, '.quad 0', f'.globl {symbol}_count', '.balign 8',
             f'{symbol}_count: .quad {len(files)}', '.section .note.GNU-stack,"",@progbits', '']
    content = '\n'.join(lines)
    if not os.path.exists(output) or open(output).read() != content:
        with open(output, 'w') as f:
            f.write(content)


main()
