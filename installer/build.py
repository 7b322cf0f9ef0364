"""Builds the packages and keeps them by what they were made of."""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from installer import (
    build_root,
    chroot,
    nfpm,
    pyinstaller,
    signing,
    source_hash,
    staging,
)
from installer.package_specs import RECIPES, Recipe
from installer.paths import BUILD, REPOSITORY
from lab.chroot.progress import Say

# So many kept builds stay, some 30 to 130 MB each.
_KEPT = 12


@dataclass(frozen=True, slots=True)
class _Job:
    """One package to make.

    `epoch` is the time its files are given; `work` holds a copy of the sources in
    `src`, so that what is edited meanwhile is in the next build and not half in this.
    """

    recipe: Recipe
    version: str
    epoch: int
    work: Path
    say: Say
    sign_key: str = field(repr=False, default="")


def build(
    names: Sequence[str],
    version: str | None,
    say: Say,
    *,
    repository: Path = REPOSITORY,
    sign_key: str = "",
) -> list[Path]:
    """Give the packages' files, built unless those of the same inputs are there.

    `version` may be other than the project's, for trying an upgrade; `say` is told each
    step; `sign_key` is a secret key in ASCII armour, none without it. BuildError has
    its remedy.
    """
    wish = source_hash.checked_version(version or source_hash.project_version())
    with alone() as work:
        source_hash.copy(repository, work / "src")
        return [
            path
            for name in names
            for path in _built(
                _Job(RECIPES[name], wish, source_hash.epoch(), work, say, sign_key)
            )
        ]


def checksum(path: Path) -> str:
    """Give a file's SHA-256, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _built(job: _Job) -> list[Path]:
    recipe, version = job.recipe, job.version
    source = job.work / "src"
    signed = hashlib.sha256(job.sign_key.encode()).hexdigest() if job.sign_key else ""
    more = (recipe.short, version, str(job.epoch), *([signed] if signed else []))
    key = source_hash.of_package(source, *more)
    kept = BUILD / "packages" / key[:32]
    files = [kept / nfpm.file_name(recipe, p, version) for p in nfpm.PACKAGERS]
    if not all(path.is_file() for path in files):
        new = _make(job, build_root.ensure_root(job.say))
        kept.mkdir(parents=True, exist_ok=True)
        for path in new:
            path.replace(kept / path.name)
        forget(BUILD / "packages")
    kept.touch()
    return files


def _make(job: _Job, root: Path) -> list[Path]:
    at = job.work / job.recipe.short
    home = staging.lay_programs(job.recipe, _frozen(job, root), at)
    pages = _documents(job, root, home)
    staging.lay_out(job.recipe, pages, job.work / "src", at)
    staging.note_version(home / "_internal", job.version)
    job.say(f"packing {job.recipe.name} {job.version}")
    wish = (job.recipe, staging.entries(job.recipe, at))
    pack = partial(
        nfpm.pack, root, job.work, *wish, version=job.version, epoch=job.epoch
    )
    if not job.sign_key:
        return pack()
    key = job.work / signing.IN_THE_ROOT
    key.touch(0o600)
    key.write_text(job.sign_key)
    try:
        return pack(signed=True)
    finally:
        key.unlink()


def _frozen(job: _Job, root: Path) -> Path:
    """Freeze, or give what is kept: the programs do not hold the version."""
    key = source_hash.of_programs(job.work / "src", job.recipe.short)
    kept = BUILD / "frozen" / key[:32]
    if not kept.is_dir():
        job.say(f"freezing the programs of {job.recipe.name}")
        new = pyinstaller.freeze(root, job.work, job.recipe)
        kept.parent.mkdir(parents=True, exist_ok=True)
        new.rename(kept)
        forget(BUILD / "frozen")
    kept.touch()
    return kept


def _documents(job: _Job, root: Path, home: Path) -> Path:
    """Write them inside too: argparse's own words differ between Pythons."""
    pages, noted = job.work / "pages", job.work / "noted"
    if not noted.is_dir():
        staging.note_version(noted, job.version)
    chroot.run(
        *(root, job.work, "env", "PYTHONPATH=/build/src:/build/noted"),
        *("python", "-m", "installer.documents", "/build/pages", job.recipe.short),
        *(f"/build/{home.relative_to(job.work)}", job.version),
        epoch=job.epoch,
    )
    return pages


@contextmanager
def alone() -> Iterator[Path]:
    """Give an empty folder to work in; two workers of pytest build one by one."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in BUILD.glob("work-*"):
            shutil.rmtree(left)  # of a build that was killed
        with tempfile.TemporaryDirectory(prefix="work-", dir=BUILD) as name:
            yield Path(name)


def forget(folder: Path) -> None:
    """Remove the builds that were not used for the longest time."""
    by_use = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in by_use[:-_KEPT]:
        shutil.rmtree(old)
