"""The guide for administrators on this machine: where its pages lie."""

from collections.abc import Iterator
from pathlib import Path

import resources
from wizard import translation

# by the package of the agent; and by `./dev guide`, beside the sources
_INSTALLED = Path("/usr/share/writeback/guide")
_BUILT = Path(resources.__file__).parents[1] / "dist/guide"
_ENGLISH = "en"


def page_file(page_id: str) -> Path | None:
    """Give the guide's file about a page of the wizard; None where there is no guide.

    It is in the language asked for where the guide is, else in English.
    """
    return _first(f"pages/{page_id}.html")


def codes_file() -> Path | None:
    """Give the guide's file about the codes of answers; each code is an anchor."""
    return _first("codes.html")


def code_anchor(code: str) -> str:
    """Name the place of an outcome's code in that file."""
    return f"code-{code.replace('_', '-')}"


def folder_of(path: Path) -> Path:
    """Give the folder of the guide, in one language, that a file of it lies in."""
    return path.parent if path.name == "codes.html" else path.parents[1]


def _first(name: str) -> Path | None:
    files = (folder / language / name for folder, language in _places())
    return next((path for path in files if path.is_file()), None)


def _places() -> Iterator[tuple[Path, str]]:
    asked = translation.language()
    for language in (asked, asked.partition("_")[0], _ENGLISH):
        # without a drive it is none of Windows, where anybody may make C:\usr
        for folder in (_INSTALLED, _BUILT):
            if folder.is_absolute():
                yield folder, language
