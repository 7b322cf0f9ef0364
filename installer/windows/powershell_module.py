"""Lays out the PowerShell module: below the version, as Windows PowerShell reads it."""

import re
from pathlib import Path

from installer.errors import BuildError

# on PSModulePath is the folder above: each module is a folder of its own name
SEARCHED = "powershell"
FOLDER = f"{SEARCHED}/Writeback"
# in the repository
SOURCES = "installer/windows/powershell"
MANIFEST = "Writeback.psd1"
_VERSION = re.compile(r"(?m)^(    ModuleVersion = )'[^']*'$")


def lay_out(source: Path, stage: Path, version: str) -> list[Path]:
    """Put the module of the repository at `source` below `stage`; give its files.

    Lines end as on Windows, and what is there is ASCII: 5.1 takes what has no byte
    order mark for the code page of the machine.
    """
    to = stage / FOLDER
    to.mkdir(parents=True)
    laid = []
    for path in sorted((source / SOURCES).iterdir()):
        text = path.read_text("ascii")
        if path.name == MANIFEST:
            text = versioned(text, version)
        (to / path.name).write_text(text, "ascii", newline="\r\n")
        laid.append(to / path.name)
    return laid


def versioned(manifest: str, version: str) -> str:
    """Give the manifest with the version of what is built."""
    text, count = _VERSION.subn(rf"\g<1>'{version}'", manifest)
    if count != 1:
        raise BuildError(
            "The manifest of the PowerShell module has not one ModuleVersion.",
            f"Look at {SOURCES}/{MANIFEST}.",
        )
    return text
