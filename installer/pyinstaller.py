"""Makes a folder of programs that needs no Python of the machine, with PyInstaller."""

import re
import shutil
from pathlib import Path

from installer import chroot
from installer.errors import BuildError
from installer.package_specs import Recipe
from installer.paths import SOURCES

# The first time that a zip file can hold; packing gives files their real one, and so
# a commit that changed no source freezes nothing again.
_EPOCH = 315_532_800
_NOT_FOUND = re.compile(
    r"^(?:missing module named (\w+)|excluded module named '?([\w.]+)'?)"
    r" - imported by (.+)$",
    re.MULTILINE,
)


def freeze(root: Path, work: Path, recipe: Recipe) -> Path:
    """Freeze one package's programs from `work`/src; give their folder."""
    shutil.copytree(work / "src/installer/freeze", work, dirs_exist_ok=True)
    chroot.run(
        *(root, work, "pyinstaller", "--noconfirm", "--log-level", "WARN"),
        *("--distpath", "/build/frozen", "--workpath", "/build/scratch"),
        f"/build/{recipe.short}.spec",
        epoch=_EPOCH,
    )
    notes = work / "scratch" / recipe.short / f"warn-{recipe.short}.txt"
    missed = missing(notes.read_text())
    if missed:
        raise BuildError(
            f"The programs of {recipe.name} would not find {', '.join(missed)}.",
            "Take it off the list in installer/freeze/trim.py, or into pyproject.toml.",
        )
    return work / "frozen" / recipe.name


def missing(notes: str) -> list[str]:
    """List the modules that the product imports always and that were not found.

    PyInstaller notes a line for each module that is not there:
    `missing module named X - imported by Y (top-level), Z (optional)`.
    """
    names = []
    # A dotted name that is missing is most often no module but a thing in one.
    for absent, excluded, importers in _NOT_FOUND.findall(notes):
        always = re.findall(r"([\w.]+) \(top-level\)", importers)
        if any(each.split(".")[0] in SOURCES for each in always):
            names.append(absent or excluded)
    return sorted(names)
