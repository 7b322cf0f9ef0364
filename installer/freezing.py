"""Makes a folder of programs that needs no Python of the machine, with PyInstaller."""

import shutil
from pathlib import Path

from installer import inside
from installer.places import INSTALLER, REPOSITORY, SOURCES
from installer.recipes import Recipe

# The first time that a zip file can hold; packing gives files their real one, and so
# a commit that changed no source freezes nothing again.
_EPOCH = 315_532_800
_NOT_SOURCES = shutil.ignore_patterns("__pycache__", "*.ts", "*.pyc")


def freeze(root: Path, work: Path, recipe: Recipe) -> Path:
    """Freeze one package's programs in the builder's root; give their folder."""
    specification = f"{recipe.short}.spec"
    shutil.copyfile(INSTALLER / "freeze" / specification, work / specification)
    inside.run(
        *(root, work, "pyinstaller", "--noconfirm", "--log-level", "WARN"),
        *("--distpath", "/build/frozen", "--workpath", "/build/scratch"),
        f"/build/{specification}",
        epoch=_EPOCH,
    )
    return work / "frozen" / recipe.name


def copy_sources(work: Path) -> None:
    """Copy the product's sources, and nothing else, to where they are frozen from."""
    for name in SOURCES:
        source = REPOSITORY / name
        shutil.copytree(source, work / "src" / name, ignore=_NOT_SOURCES)
    shutil.copytree(INSTALLER / "scripts", work / "scripts")
