"""Builds the MSI and keeps it by what it was made of."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from installer import source_hash
from installer.build import alone, forget
from installer.paths import BUILD, REPOSITORY
from installer.windows import (
    authenticode,
    event_messages,
    fetch,
    icon,
    layout,
    msi,
    powershell_module,
    product,
    stage,
    wxs,
)
from installer.windows import root as builder
from installer.windows.authenticode import Signer
from installer.windows.launchers import PROGRAMS
from installer.windows.layout import Feature
from installer.windows.pins import KEPT
from lab.chroot.progress import Say

ALL = tuple(Feature)


@dataclass(frozen=True, slots=True)
class _Job:
    version: str
    epoch: int
    work: Path
    say: Say
    signer: Signer | None = field(repr=False)
    features: Collection[Feature]


def build(
    version: str | None,
    say: Say,
    *,
    repository: Path = REPOSITORY,
    signer: Signer | None = None,
    features: Collection[Feature] = ALL,
) -> list[Path]:
    """Give the MSI and its SBOM, built unless those of the same inputs are there.

    `version` may be other than the project's; `say` is told each step; `features` are
    what it holds, to see what each weighs. BuildError has its remedy.
    """
    wish = version or source_hash.project_version()
    product.msi_version(wish)
    with alone() as work:
        source_hash.copy(repository, work / "src")
        job = _Job(wish, source_hash.epoch(), work, say, signer, features)
        return _built(job)


def file_names(version: str) -> tuple[str, str]:
    """Name the MSI and the SBOM beside it."""
    return f"writeback-{version}.msi", f"writeback-{version}.cdx.json"


def _built(job: _Job) -> list[Path]:
    signed = _digest(job.signer.key) if job.signer else ""
    chain = job.signer.chain if job.signer else ""
    features = ",".join(sorted(each.value for each in job.features))
    more = ("windows", builder.fingerprint(), job.version, str(job.epoch), features)
    key = source_hash.of_package(job.work / "src", *more, signed, chain)
    kept = BUILD / "packages" / key[:32]
    files = [kept / name for name in file_names(job.version)]
    if not all(path.is_file() for path in files):
        new = _make(job)
        kept.mkdir(parents=True, exist_ok=True)
        for path, file in zip(new, files, strict=True):
            path.replace(file)
        forget(BUILD / "packages")
    kept.touch()
    return files


def _make(job: _Job) -> Sequence[Path]:
    root = builder.ensure_root(job.say)
    fetched = fetch.fetched(KEPT, job.say)
    job.say("laying out and compiling what the MSI holds")
    laid = stage.lay_out(root, job.work, fetched, job.version, job.epoch)
    _check_signatures(job, root, laid)
    if job.signer:
        ours = [*(each.file for each in PROGRAMS), event_messages.FILE]
        scripts = sorted((laid / powershell_module.FOLDER).iterdir())
        _sign(job, root, [*(laid / name for name in ours), *scripts])
    files = stage.seal(laid, job.epoch)
    job.say(f"packing Writeback {job.version}")
    drawn = icon.build(root, job.work)
    inside = ("/build/stage", f"/build/{drawn.name}")
    source = wxs.Source(job.version, files, *inside, job.features)
    sums = (laid / name for name in layout.SUMS.values())
    parts = (each.read_bytes() for each in (*sums, drawn))
    held = b"".join([source.text().encode(), *parts])
    code = product.package_code(_digest(held))
    made = msi.make(root, job.work, source, code=code, epoch=job.epoch)
    if job.signer:
        _sign(job, root, [made])
    return made, laid / stage.SBOM


def _check_signatures(job: _Job, root: Path, laid: Path) -> None:
    theirs = [
        path
        for path in sorted((laid / "python").iterdir())
        if path.suffix in (".dll", ".exe", ".pyd")
        # these are Microsoft's, and pywin32's is nobody's
        and not path.name.startswith(("vcruntime", "pywintypes"))
    ]
    job.say(f"checking who signed {len(theirs)} files of Python's")
    authenticode.check(root, job.work, theirs)


def _sign(job: _Job, root: Path, files: Sequence[Path]) -> None:
    if job.signer:
        authenticode.sign(root, job.work, files, job.signer, epoch=job.epoch)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
