"""Compiles what is laid out; runs in the builder's root, whose Python is of the same.

The standard library goes into a zip file, all else stays where it is. What is compiled
takes its source's place, as in the packages for Linux: half the files to install and to
look through for a virus scanner, and nothing that Python would write beside.
"""

import os
import py_compile
import sys
import zipfile
from pathlib import Path

# the first time that a zip file can hold: what it holds decides alone
_TIME = (1980, 1, 1, 0, 0, 0)


def compile_below(folder: Path) -> None:
    """Put the compiled form in the place of each module below a folder."""
    for source in sorted(folder.rglob("*.py")):
        py_compile.compile(
            str(source),
            cfile=str(source.with_suffix(".pyc")),
            dfile=str(source.relative_to(folder)),
            doraise=True,
            # no time in it, and no look at a source that is not there
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        source.unlink()


def pack(folder: Path, into: Path) -> None:
    """Zip a folder, uncompressed: the cabinet compresses, and imports are faster."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = str(path.relative_to(folder))
                archive.writestr(zipfile.ZipInfo(name, _TIME), path.read_bytes())


def main(library: Path, into: Path, modules: Path) -> None:
    """Compile the library into its zip file, and the modules where they are."""
    if sys.version_info[:2] != (3, 13):
        sys.exit(f"This is Python {sys.version}: it compiles for no 3.13.")
    for folder in (library, modules):
        compile_below(folder)
    pack(library, into)


if __name__ == "__main__":
    os.umask(0o022)
    main(*map(Path, sys.argv[1:]))
