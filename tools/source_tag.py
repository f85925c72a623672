"""A header with one tag over all sources that decide what the engine makes of a log: an image of its memory is good for these only.

usage: source_tag.py OUT.h DEPFILE FOLDER …
"""
import hashlib
import pathlib
import sys


def main() -> None:
    out, depfile = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = sorted(f for folder in sys.argv[3:] for f in pathlib.Path(folder).glob("*") if f.suffix in (".c", ".h"))
    total = hashlib.sha256()
    for f in files:
        total.update(f.name.encode() + b"\0" + f.read_bytes())
    text = f'#define IMAGE_TAG "{total.hexdigest()[:23]}"\n'
    if not out.exists() or out.read_text() != text:
        out.write_text(text)
    depfile.write_text(f"{out}: " + " ".join(str(f) for f in files) + "\n")


main()
