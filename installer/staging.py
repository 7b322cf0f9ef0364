"""Lays out what a package holds, as it will lie on the machine."""

import gzip
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from installer.package_specs import Recipe

PROJECT = "ad-password-writeback"
GUIDE = "guide"  # its folder among what was generated
# The package that holds the guide, and whose scripts search it.
GUIDE_IN = "agent"
_SHARED = "usr/share/writeback"
# what lies among a package's documents, by its path in the repository
DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "agent": ("docs/site.yaml",),
    # the second is what the first refers to
    "relay": ("docs/relay.md", "docs/wire.md"),
    "portal": ("docs/portal.md", "docs/wire.md"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a package, by its path on the machine.

    `kind` is `file`, `dir`, `symlink` or `config`; `target` where a link points to.
    """

    path: str
    kind: str
    mode: int = 0
    target: str = ""


def lay_programs(recipe: Recipe, frozen: Path, at: Path) -> Path:
    """Put what PyInstaller made into the empty folder `at`; give its folder there."""
    home = at / "usr/lib" / recipe.name
    # hard links: what is frozen is large, and nothing below writes to it
    shutil.copytree(frozen, home, symlinks=True, copy_function=_link)
    return home


def lay_out(recipe: Recipe, pages: Path, source: Path, at: Path) -> None:
    """Put all else into `at`, which is the machine's `/`.

    `pages` are the manual pages, completions and lists that were generated, `source` a
    copy of the repository.
    """
    for name in recipe.programs:
        _symlink(at / "usr/bin" / name, f"../lib/{recipe.name}/{name}")
    for name in recipe.manual:
        page = at / f"usr/share/man/man{name[-1]}" / f"{name}.gz"
        _gzip((pages / name).read_bytes(), page)
    completions = pages / recipe.short
    if completions.is_dir():
        shutil.copytree(completions, at, dirs_exist_ok=True)
    doc = at / "usr/share/doc" / recipe.name
    _gzip((source / "CHANGELOG.md").read_bytes(), doc / "changelog.gz")
    shutil.copyfile(pages / f"copyright-{recipe.short}", doc / "copyright")
    for name in DOCUMENTS.get(recipe.short, ()):
        shutil.copyfile(source / name, doc / Path(name).name)
    shutil.copyfile(pages / f"sbom-{recipe.short}", doc / "sbom.cdx.json")
    # what another package's build has left among the pages is not this one's
    if recipe.short == GUIDE_IN and (pages / GUIDE).is_dir():
        # beside the documents: a machine that is set to leave those out has Help too
        shutil.copytree(pages / GUIDE, at / _SHARED / GUIDE)
        _symlink(doc / GUIDE, f"../../{Path(_SHARED).name}/{GUIDE}")
    shutil.copytree(source / "installer/root" / recipe.short, at, dirs_exist_ok=True)


def entries(recipe: Recipe, at: Path) -> list[Entry]:
    """List what lies in `at`, sorted; folders only where they are the package's."""
    own = (
        *(f"/usr/lib/{recipe.name}", f"/usr/share/doc/{recipe.name}"),
        f"/{_SHARED}",
    )
    programs = {path.name for path in (at / own[0][1:]).iterdir() if path.is_file()}
    listed = []
    for path in sorted(at.rglob("*")):
        name = f"/{path.relative_to(at)}"
        if path.is_symlink():
            listed.append(Entry(name, "symlink", target=str(path.readlink())))
        elif path.is_dir():
            if name.startswith(own):
                listed.append(Entry(name, "dir", 0o755))
        else:
            kind = "config" if name.startswith("/etc/") else "file"
            listed.append(Entry(name, kind, _mode(path, name, own[0], programs)))
    return listed


def _mode(path: Path, name: str, home: str, programs: set[str]) -> int:
    """Programs may be run; libraries need not be, whatever a wheel made of them."""
    if name.startswith(f"{home}/"):
        return 0o755 if name.removeprefix(f"{home}/") in programs else 0o644
    return 0o755 if path.stat().st_mode & 0o100 else 0o644


def note_version(modules: Path, version: str) -> None:
    """Say the version where importlib.metadata looks; no build of its own for that."""
    folder = modules / f"{PROJECT.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    text = f"Metadata-Version: 2.1\nName: {PROJECT}\nVersion: {version}\n"
    (folder / "METADATA").write_text(text)


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _symlink(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def _gzip(content: bytes, path: Path) -> None:
    """Compress without name and time: the same input is the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, mtime=0))
