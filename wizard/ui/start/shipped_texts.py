"""Texts that the packages bring: what is new, and on what terms all of it is."""

import gzip
import re
from collections.abc import Iterator
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import resources
from agent.system.version import PROJECT

# as the packages lay them out (Debian Policy 12.5, 12.7)
_DOC = Path("/usr/share/doc/writeback-wizard")
_SOURCES = Path(resources.__file__).parents[1]
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_RULE = f"\n{'=' * 72}\n"


def changelog() -> str:
    """Give what changed, newest first; empty where it is not on this machine."""
    try:
        return gzip.decompress(_packaged("changelog.gz").read_bytes()).decode()
    except (OSError, EOFError, ValueError):
        return _text(_SOURCES / "CHANGELOG.md")


def licences() -> str:
    """Give our terms, and those of each work that is shipped or used with it."""
    return _text(_packaged("copyright")) or _RULE.join(_of_sources())


def _packaged(name: str) -> Path:
    """Say where the package has a text; on Windows beside the program, as the MSI."""
    if _DOC.is_absolute():
        return _DOC / name
    # without a drive it is nobody's there: anybody may make C:\usr
    return _SOURCES.parent / {"copyright": "NOTICE.txt"}.get(name, name)


def _of_sources() -> Iterator[str]:
    """List the works of an installation that is no package's: the same, by name."""
    yield f"Writeback\n\n{_text(_SOURCES / 'LICENSE')}"
    icons = files("resources") / "icons"
    for name in ("README.md", "LICENSE"):
        yield (icons / name).read_text(encoding="utf-8")
    for each in sorted(_required()):
        with_it = metadata.metadata(each)
        fields = ("License-Expression", "License")
        terms = next((with_it[name] for name in fields if name in with_it), "")
        first = terms.partition("\n")[0] or "see its own files"
        yield f"{each} {with_it['Version']}\nLicense: {first}"


def _required() -> Iterator[str]:
    for line in metadata.requires(PROJECT) or ():
        name = _NAME.match(line)
        try:
            yield metadata.metadata(name[0] if name else "")["Name"]
        except (metadata.PackageNotFoundError, ValueError):
            continue  # it is of an extra that is not here


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
