"""Lays out what the MSI holds, as it will lie below the folder of a version."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from installer import chroot, staging
from installer.paths import SOURCES_OF
from installer.windows import event_messages, layout, powershell_module, works
from installer.windows.fetch import Fetched
from installer.windows.launchers import PROGRAMS, launcher

SBOM = "sbom.cdx.json"
_COMPILE = "/build/src/installer/windows/compiled.py"


def lay_out(root: Path, work: Path, fetched: Fetched, version: str, epoch: int) -> Path:
    """Fill `work`/stage from what was fetched and the sources in `work`/src."""
    stage, source = work / "stage", work / "src"
    _copy(fetched.cpython, layout.of_cpython, stage)
    _copy(fetched.site, layout.of_wheel, stage)
    for name in SOURCES_OF["wizard"]:
        _copy(source, layout.of_product, stage, below=name)
    chroot.run(
        *(root, work, "python3", _COMPILE, f"/build/stage/{layout.LIBRARY_SOURCES}"),
        *(f"/build/stage/{layout.LIBRARY}", "/build/stage/lib"),
        epoch=epoch,
    )
    shutil.rmtree(stage / layout.LIBRARY_SOURCES)
    staging.note_version(stage / "lib", version)
    _write(stage, layout.SEARCH_PATHS, "\r\n".join([*layout.SEARCHED, ""]))
    for program in PROGRAMS:
        (stage / program.file).write_bytes(launcher(program, fetched.of_launchers))
    (stage / event_messages.FILE).write_bytes(event_messages.build(root, work))
    powershell_module.lay_out(source, stage, version)
    _write(stage, SBOM, works.bill(fetched, version, epoch))
    shutil.copyfile(source / "LICENSE", stage / "LICENSE.txt")
    _write(stage, "NOTICE.txt", works.licenses(fetched, root))
    return stage


def seal(stage: Path, epoch: int) -> list[str]:
    """Note the checksum of each file, give all the same time, and list them.

    A list for each feature, as the other may not be there. Nothing is to change after:
    what lies on the machine is compared with it.
    """
    files = _names(stage)
    for feature, name in layout.SUMS.items():
        own = (each for each in files if layout.feature_of(each) is feature)
        lines = (f"{_digest(stage / each)}  {each}\n" for each in own)
        (stage / name).write_text("".join(lines))
    for name in (everything := _names(stage)):
        (stage / name).chmod(0o644)
        os.utime(stage / name, (epoch, epoch))
    return everything


def _names(stage: Path) -> list[str]:
    found = (path for path in stage.rglob("*") if path.is_file())
    return sorted(path.relative_to(stage).as_posix() for path in found)


def _copy(
    base: Path, place: Callable[[str], str | None], stage: Path, *, below: str = ""
) -> None:
    """Copy each file below a folder to the place that it has, if any."""
    for path in sorted((base / below).rglob("*")):
        if not path.is_file():
            continue
        to = place(path.relative_to(base).as_posix())
        if to is not None:
            (stage / to).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, stage / to)


def _write(stage: Path, name: str, text: str) -> None:
    (stage / name).write_text(text, encoding="utf-8", newline="")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
