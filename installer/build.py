"""Builds the packages and keeps them by what they were made of."""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from installer import builder, freezing, inputs, inside, packing, staging
from installer.places import BUILD, INSTALLER
from installer.recipes import RECIPES, Recipe
from tests.lab.steps import Say

# So many kept builds stay; each is some 150 MB.
_KEPT = 8


def build(names: Sequence[str], version: str | None, say: Say) -> list[Path]:
    """Give the packages' files, built unless those of the same inputs are there.

    Args:
        names: of the recipes, `agent` and `wizard`.
        version: other than the project's, for trying an upgrade.
        say: told each step.

    Raises:
        BuildError: with its remedy.

    """
    wish = inputs.checked_version(version or inputs.project_version())
    with _alone():
        return [
            path
            for name in names
            for path in _built(_Job(RECIPES[name], wish, inputs.epoch(), say))
        ]


@dataclass(frozen=True, slots=True)
class _Job:
    """One package to make; `epoch` is the time its files are given."""

    recipe: Recipe
    version: str
    epoch: int
    say: Say


def _built(job: _Job) -> list[Path]:
    recipe, version = job.recipe, job.version
    key = inputs.of_package(recipe.short, version, str(job.epoch))
    kept = BUILD / "packages" / key[:32]
    files = [kept / packing.file_name(recipe, p, version) for p in packing.PACKAGERS]
    if not all(path.is_file() for path in files):
        root = builder.ensure_root(job.say)
        with _work() as work:
            made = _make(job, root, work)
            kept.mkdir(parents=True, exist_ok=True)
            for path in made:
                path.replace(kept / path.name)
        _forget(BUILD / "packages")
    kept.touch()
    return files


def _make(job: _Job, root: Path, work: Path) -> list[Path]:
    frozen = _frozen(job, root)
    pages = _documents(job, root, work)
    at = work / job.recipe.short
    staging.lay_out(job.recipe, frozen, pages, job.version, at)
    job.say(f"packing {job.recipe.name} {job.version}")
    wish = (job.recipe, staging.entries(job.recipe, at))
    return packing.pack(root, work, *wish, version=job.version, epoch=job.epoch)


def _documents(job: _Job, root: Path, work: Path) -> Path:
    """Write them inside too: argparse's own words differ between Pythons."""
    freezing.copy_sources(work)
    ours = shutil.ignore_patterns("__pycache__", "root")
    shutil.copytree(INSTALLER, work / "src/installer", ignore=ours)
    staging.note_version(work / "src", job.version)
    (work / "pages").mkdir()
    inside.run(
        *(root, work, "sh", "-c", 'cd /build/src && exec "$@"', "sh"),
        *("python", "-m", "installer.documents", "/build/pages", job.version),
        epoch=job.epoch,
    )
    return work / "pages"


def _frozen(job: _Job, root: Path) -> Path:
    """Freeze, or give what is kept: the programs do not hold the version."""
    key = inputs.of_programs(job.recipe.short)
    kept = BUILD / "frozen" / key[:32]
    if not kept.is_dir():
        job.say(f"freezing the programs of {job.recipe.name}")
        with _work() as work:
            freezing.copy_sources(work)
            made = freezing.freeze(root, work, job.recipe)
            kept.parent.mkdir(parents=True, exist_ok=True)
            made.rename(kept)
        _forget(BUILD / "frozen")
    kept.touch()
    return kept


@contextmanager
def _alone() -> Iterator[None]:
    """Two workers of pytest build it once."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _work() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="work-", dir=BUILD) as name:
        yield Path(name)


def _forget(folder: Path) -> None:
    """Remove the builds that were not used for the longest time."""
    by_use = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in by_use[:-_KEPT]:
        shutil.rmtree(old)


def checksum(path: Path) -> str:
    """Give a file's SHA-256, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
